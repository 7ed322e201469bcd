import type { PoolView } from '@cellblock/shared/views/network-view';
import { countText } from '@/ui/number-text';

const parts = [
  ['assigned', 'bg-accent-solid'],
  ['releasing', 'bg-accent-line'],
  ['cooling', 'bg-warn-mark'],
  ['reserved', 'hatched'],
] as const;

/** How full the pools of one family are, in one line; v6 pools are too large for a bar to say anything. */
export function PoolBar({ pools }: { pools: readonly PoolView[] }) {
  const v4 = pools.filter((pool) => pool.family === 'v4');
  const shown = v4.length > 0 ? v4 : pools;
  const sum = (of: (pool: PoolView) => number) => shown.reduce((all, pool) => all + of(pool), 0);
  const size = sum((pool) => Number(pool.counts.size));
  const used = sum((pool) => pool.counts.assigned);
  if (shown.length === 0) return <span className="text-muted">no pool</span>;
  return (
    <span className="flex items-center gap-2">
      <span
        aria-hidden
        className="flex h-1 w-24 shrink-0 overflow-hidden rounded-full bg-line-subtle max-sm:w-12"
      >
        {parts.map(([part, look]) => {
          const share = (sum((pool) => pool.counts[part]) / size) * 100;
          return share > 0 ? (
            <span key={part} className={look} style={{ width: `max(2px, ${share}%)` }} />
          ) : null;
        })}
      </span>
      <span className="truncate">
        {countText(used)} of {size > 1e6 ? 'many' : countText(size)}
      </span>
    </span>
  );
}

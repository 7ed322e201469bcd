import type { JailSummary } from '@cellblock/shared/views/jail-view';

/** What rows are sorted by, for the columns that can be. */
const values: Record<string, (jail: JailSummary) => string | number | null> = {
  name: (jail) => jail.name,
  state: (jail) => jail.state,
  host: (jail) => jail.host.name,
  root: (jail) => jail.root,
  memory: (jail) => jail.usage?.memoryBytes ?? null,
  uptime: (jail) => (jail.startedAt === null ? null : -Date.parse(jail.startedAt)),
  created: (jail) => Date.parse(jail.createdAt),
};

const words = new Intl.Collator('en', { numeric: true });

/** Jails by a column; those that have nothing there come last, equal ones by name. */
export function inOrder(
  jails: readonly JailSummary[],
  sort: { key: string; descending: boolean },
): JailSummary[] {
  const value = values[sort.key] ?? ((jail: JailSummary) => jail.name);
  const way = sort.descending ? -1 : 1;
  return jails.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? words.compare(a.name, b.name) : x === null ? 1 : -1;
    const by = typeof x === 'number' && typeof y === 'number' ? x - y : words.compare(String(x), String(y));
    return by === 0 ? words.compare(a.name, b.name) : by * way;
  });
}

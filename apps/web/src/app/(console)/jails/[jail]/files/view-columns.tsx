import type { ViewProofRow } from '@cellblock/shared/view-proof';
import { modeText } from '@cellblock/shared/view-tree';
import type { CSSProperties } from 'react';
import { type Column, NameCell } from '@/ui/data-table';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import type { ViewRow } from './view-rows';

const IDS = { jail: 'its own', nobody: 'nobody’s', kernel: '–' };
const VERDICTS: Record<ViewProofRow['verdict'], { tone: Tone; word: string }> = {
  same: { tone: 'ok', word: 'as declared' },
  own: { tone: 'idle', word: 'let through' },
  differs: { tone: 'bad', word: 'differs' },
  missing: { tone: 'bad', word: 'missing' },
  undeclared: { tone: 'bad', word: 'undeclared' },
};

const wantedMode = ({ entry, proof }: ViewRow) => proof?.wanted?.mode ?? (entry ? modeText(entry) : '–');

export const viewColumns: readonly Column<ViewRow>[] = [
  {
    key: 'path',
    header: 'Place in the jail',
    width: 'w-[58%] sm:w-[28%] lg:w-[20%]',
    wraps: 'narrow',
    cell: (row) => (
      <span
        className="block pl-[calc(var(--depth)*8px)] sm:pl-[calc(var(--depth)*14px)]"
        style={{ '--depth': Math.min(row.depth, 6) } as CSSProperties}
      >
        <NameCell second={wantedMode(row)}>
          <span className="mono">{row.path}</span>
        </NameCell>
      </span>
    ),
  },
  {
    key: 'mode',
    header: 'Wanted',
    width: 'w-[30%] lg:w-[20%] xl:w-[17%]',
    mono: true,
    from: 'sm',
    cell: wantedMode,
  },
  {
    key: 'seen',
    header: 'Seen',
    width: 'w-[20%] xl:w-[17%]',
    mono: true,
    from: 'lg',
    cell: ({ proof }) =>
      proof?.seen?.mode ?? <span className="text-faint">{proof ? '–' : 'not looked at'}</span>,
  },
  {
    key: 'ids',
    header: 'Ids',
    width: 'w-20',
    from: 'md',
    cell: ({ entry }) => (entry ? IDS[entry.ids] : '–'),
  },
  {
    key: 'origin',
    header: 'Comes from',
    wraps: 'narrow',
    cell: ({ entry, proof, covered }) => (
      <span title={proof?.difference || entry?.origin}>
        {proof && proof.verdict !== 'same' ? proof.difference : entry?.origin}
        {covered > 0 && (
          <span className="text-muted">
            {' '}
            · {covered} {covered === 1 ? 'name' : 'names'} in it covered
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'proof',
    header: 'Proof',
    width: 'w-28',
    from: 'sm',
    cell: ({ proof }) =>
      proof ? (
        <StatusBadge tone={VERDICTS[proof.verdict].tone}>{VERDICTS[proof.verdict].word}</StatusBadge>
      ) : (
        <span className="text-faint">–</span>
      ),
  },
];

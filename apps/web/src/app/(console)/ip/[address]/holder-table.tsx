'use client';
import type { AssignmentRecord } from '@cellblock/shared/views/address-view';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { type Column, DataTable, NameCell } from '@/ui/data-table';
import { absoluteTime } from '@/ui/time-text';
import { useZone } from '@/ui/zone';

const holder: Column<AssignmentRecord> = {
  key: 'holder',
  header: 'Holder',
  cell: (record) => <NameCell>{record.jail.name}</NameCell>,
};
const from: Column<AssignmentRecord> = {
  key: 'from',
  header: 'From',
  mono: true,
  wraps: 'always',
  cell: (record) => <Pair wanted={record.wantedFrom} seen={record.seenFrom} missing="not confirmed" />,
};
const until: Column<AssignmentRecord> = {
  key: 'until',
  header: 'To',
  mono: true,
  wraps: 'always',
  cell: (record) =>
    record.wantedUntil ? (
      <Pair
        wanted={record.wantedUntil}
        seen={record.seenGone}
        missing={record.forced ? 'forced, not confirmed' : 'not confirmed'}
      />
    ) : (
      'now'
    ),
};
const host: Column<AssignmentRecord> = {
  key: 'host',
  header: 'Host',
  width: 'w-[12%]',
  from: 'md',
  mono: true,
  cell: (record) => record.host.name,
};
const by: Column<AssignmentRecord> = {
  key: 'by',
  header: 'By',
  width: 'w-[12%]',
  from: 'sm',
  cell: (record) => record.assignedBy,
};
const released: Column<AssignmentRecord> = {
  key: 'released',
  header: 'Released by',
  width: 'w-[12%]',
  from: 'lg',
  cell: (record) =>
    record.forced ? `${record.forced.by}, forced: ${record.forced.reason}` : (record.releasedBy ?? '—'),
};

const full = [holder, from, until, host, by, released];
const few = [holder, from, until];

export function HolderTable({
  history,
  compact,
}: {
  history: readonly AssignmentRecord[];
  compact?: boolean;
}) {
  const router = useRouter();
  return (
    <DataTable
      label="Who held this address"
      columns={compact ? few : full}
      rows={history}
      rowKey={(record) => record.id}
      onOpen={({ assignEvent }) => assignEvent.seq !== null && router.push(paths.auditEvent(assignEvent.seq))}
    />
  );
}

/** The moment the host confirmed; until it has, the moment it was wanted, marked as such. Both on hover. */
function Pair({ wanted, seen, missing }: { wanted: string; seen: string | null; missing: string }) {
  const { zone } = useZone();
  const text = (at: string) => absoluteTime(new Date(at), zone);
  return (
    <span
      title={`wanted ${text(wanted)}${seen ? `, seen ${text(seen)}` : `, ${missing}`}`}
      className={seen ? undefined : 'text-info-text'}
      suppressHydrationWarning
    >
      {absoluteTime(new Date(seen ?? wanted), zone, { zoneName: false })}
      {!seen && ` (${missing})`}
    </span>
  );
}

import type { JailSummary } from '@cellblock/shared/views/jail-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { type Column, NameCell } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { bytesText } from '@/ui/number-text';
import { JailStateBadge } from '../../jail-state-badge';
import { JailUptime } from './jail-uptime';

const first = (jail: JailSummary, family: 'v4' | 'v6') => {
  const all = jail.addresses.filter((each) => each.address.includes(':') === (family === 'v6'));
  if (!all[0]) return '—';
  return all.length > 1 ? `${all[0].address} +${all.length - 1}` : all[0].address;
};

/** All columns that there are; those of `defaultColumns` are shown unless somebody chose others. */
export const jailColumns: readonly Column<JailSummary>[] = [
  {
    key: 'name',
    sortable: true,
    header: 'Name',
    width: 'w-[16%] max-sm:w-[58%]',
    cell: (jail) => (
      <NameCell second={first(jail, 'v4')}>
        <Link href={paths.jail(jail.name)} className="hover:underline">
          {jail.name}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'state',
    sortable: true,
    header: 'State',
    width: 'w-[12%] max-sm:w-[42%]',
    cell: (jail) => <JailStateBadge state={jail.state} />,
  },
  {
    key: 'host',
    sortable: true,
    header: 'Host',
    width: 'w-[12%]',
    from: 'sm',
    mono: true,
    cell: (jail) => jail.host.name,
  },
  { key: 'ip4', header: 'IPv4', width: 'w-[12%]', from: 'sm', mono: true, cell: (jail) => first(jail, 'v4') },
  { key: 'ip6', header: 'IPv6', from: 'lg', mono: true, cell: (jail) => first(jail, 'v6') },
  { key: 'root', sortable: true, header: 'Root', width: 'w-[8%]', from: 'lg', cell: (jail) => jail.root },
  {
    key: 'memory',
    sortable: true,
    header: 'Memory',
    width: 'w-[9%]',
    align: 'right',
    from: 'md',
    cell: (jail) =>
      jail.usage?.memoryBytes == null || jail.state !== 'running' ? '—' : bytesText(jail.usage.memoryBytes),
  },
  {
    key: 'uptime',
    sortable: true,
    header: 'Up',
    width: 'w-[13%]',
    align: 'right',
    from: 'md',
    cell: (jail) => <JailUptime jail={jail} />,
  },
  {
    key: 'created',
    header: 'Created',
    width: 'w-[13%]',
    from: 'md',
    sortable: true,
    cell: (jail) => <Moment at={jail.createdAt} />,
  },
  { key: 'wanted', header: 'Wanted', width: 'w-[9%]', from: 'md', cell: (jail) => jail.wanted.state },
  {
    key: 'limit',
    header: 'Memory limit',
    width: 'w-[11%]',
    align: 'right',
    from: 'md',
    cell: (jail) => (jail.limits.memory == null ? '—' : bytesText(jail.limits.memory)),
  },
];

export const defaultColumns = ['state', 'host', 'ip4', 'ip6', 'root', 'memory', 'uptime'];

/** The name always, and of the others those that are asked for. */
export function columnsOf(cols: string | null): readonly Column<JailSummary>[] {
  const keys = cols ? cols.split(',') : defaultColumns;
  return jailColumns.filter((column) => column.key === 'name' || keys.includes(column.key));
}

import type { JailSummary } from '@cellblock/shared/views/jail-view';
import Link from 'next/link';
import { paths } from '@/paths';
import { type Column, NameCell } from '@/ui/data-table';
import { bytesText } from '@/ui/number-text';
import { JailStateBadge } from '../../jail-state-badge';
import { JailUptime } from './jail-uptime';

const first = (jail: JailSummary, family: 'v4' | 'v6') => {
  const all = jail.addresses.filter((each) => each.address.includes(':') === (family === 'v6'));
  if (!all[0]) return '—';
  return all.length > 1 ? `${all[0].address} +${all.length - 1}` : all[0].address;
};

export const jailColumns: readonly Column<JailSummary>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'w-[18%] max-sm:w-[58%]',
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
    header: 'State',
    width: 'w-[14%] max-sm:w-[42%]',
    cell: (jail) => <JailStateBadge state={jail.state} />,
  },
  { key: 'host', header: 'Host', width: 'w-[12%]', from: 'sm', mono: true, cell: (jail) => jail.host.name },
  { key: 'ip4', header: 'IPv4', width: 'w-[14%]', from: 'sm', mono: true, cell: (jail) => first(jail, 'v4') },
  { key: 'ip6', header: 'IPv6', from: 'lg', mono: true, cell: (jail) => first(jail, 'v6') },
  { key: 'root', header: 'Root', width: 'w-[10%]', from: 'lg', cell: (jail) => jail.root },
  {
    key: 'memory',
    header: 'Memory',
    width: 'w-[11%]',
    align: 'right',
    from: 'md',
    cell: (jail) =>
      jail.usage?.memoryBytes == null || jail.state !== 'running' ? '—' : bytesText(jail.usage.memoryBytes),
  },
  {
    key: 'uptime',
    header: 'Up',
    width: 'w-[13%]',
    align: 'right',
    from: 'md',
    cell: (jail) => <JailUptime jail={jail} />,
  },
];

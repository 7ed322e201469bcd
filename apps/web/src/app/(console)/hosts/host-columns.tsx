import type { HostSummary } from '@cellblock/shared/views/host-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { type Column, NameCell } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { StatusBadge } from '@/ui/status-badge';
import { HostStateBadge } from '../../host-state-badge';

export const hostColumns: readonly Column<HostSummary>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'w-[22%] max-sm:w-[50%]',
    cell: (host) => (
      <NameCell second={`${host.jails.running} of ${host.jails.wanted} jails`}>
        <Link href={paths.host(host.name)} className="hover:underline">
          {host.name}
        </Link>
        {host.local && <span className="font-normal text-faint"> this machine</span>}
      </NameCell>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: 'w-[18%] max-sm:w-[50%]',
    cell: (host) => <HostStateBadge state={host.state} />,
  },
  {
    key: 'jails',
    header: 'Jails running',
    width: 'w-[12%]',
    from: 'sm',
    cell: (host) =>
      host.state === 'waiting'
        ? '—'
        : host.state === 'unknown'
          ? `${host.jails.wanted} wanted`
          : `${host.jails.running} of ${host.jails.wanted}`,
  },
  {
    key: 'checks',
    header: 'Checks',
    width: 'w-[12%]',
    from: 'sm',
    // What has not been looked at is not as it should be.
    cell: ({ checks }) =>
      checks.total === 0 ? (
        '—'
      ) : (
        <StatusBadge tone={checks.have === checks.total ? 'ok' : 'warn'}>
          {checks.have} of {checks.total}
        </StatusBadge>
      ),
  },
  {
    key: 'agent',
    header: 'Agent',
    width: 'w-[10%]',
    from: 'md',
    mono: true,
    cell: (host) => host.agentVersion ?? '—',
  },
  { key: 'kernel', header: 'Kernel', from: 'lg', mono: true, cell: (host) => host.kernel ?? '—' },
  {
    key: 'report',
    header: 'Last report',
    width: 'w-[13%]',
    align: 'right',
    from: 'sm',
    cell: (host) =>
      host.lastReportAt ? (
        <Moment at={host.lastReportAt} className="text-muted" />
      ) : (
        <span className="text-muted">never</span>
      ),
  },
];

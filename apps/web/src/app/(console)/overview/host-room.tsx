'use client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { Panel } from '@/ui/panel';
import { HostStateBadge } from '../../host-state-badge';
import { PoolBar } from '../networks/pool-bar';

/** Where there is room: hosts with their jails, networks with their addresses. */
export function HostRoom() {
  const trpc = useTRPC();
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  const networks = useQuery(trpc.networks.list.queryOptions());
  return (
    <Panel
      title="Room"
      actions={
        <Link href={paths.enroll()} className={buttonClass('quiet')}>
          Enrol a host
        </Link>
      }
    >
      <ul>
        {(hosts.data ?? []).map((host) => (
          <li key={host.id} className="flex min-h-[34px] items-center gap-3 border-b border-line-subtle px-3">
            <Link href={paths.host(host.name)} className="mono w-36 truncate text-strong hover:underline">
              {host.name}
            </Link>
            <HostStateBadge state={host.state} />
            <span className="ml-auto text-muted">
              {host.state === 'unknown'
                ? `${host.jails.running} jails running when last seen`
                : `${host.jails.running} of ${host.jails.wanted} jails running`}
            </span>
          </li>
        ))}
        {(networks.data ?? []).map((network) => (
          <li
            key={network.id}
            className="flex min-h-[34px] items-center gap-3 border-b border-line-subtle px-3 last:border-b-0"
          >
            <Link href={paths.network(network.name)} className="w-36 truncate text-strong hover:underline">
              {network.name}
            </Link>
            <span className="mono text-muted max-sm:hidden">{network.subnets[0]?.prefix}</span>
            <span className="ml-auto">
              <PoolBar pools={network.pools} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

'use client';
import type { HostNetworkPicture } from '@cellblock/shared/views/host-view';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { EmptyState } from '@/ui/empty-state';
import { Panel } from '@/ui/panel';
import { StatusBadge } from '@/ui/status-badge';
import { Loaded } from '../../../../loaded';

/** How the host is wired: its links, our bridges, a port for each jail. Drawn as a tree, which a reader reads too. */
export function HostNetwork() {
  const { host } = useParams<{ host: string }>();
  const trpc = useTRPC();
  const picture = useQuery(trpc.hosts.picture.queryOptions({ host: decodeURIComponent(host) }));
  return (
    <Loaded query={picture}>
      {(data) => (
        <div className="flex max-w-4xl flex-col gap-4">
          {data.networks.length === 0 && (
            <EmptyState command="cellblock network create net0 --kind bridge --subnet 10.87.0.0/24 --nat">
              No network of ours on this host yet.
            </EmptyState>
          )}
          {data.networks.map((network) => (
            <Bridge key={network.id} network={network} />
          ))}
          <Panel title="The host’s own links" meta="we never touch them">
            <ul className="py-1.5">
              {data.links.map((link) => (
                <li key={link.link} className="mono flex gap-3 px-3 leading-6">
                  <span className="w-36 truncate text-strong">{link.link}</span>
                  <span className="min-w-0 break-words text-muted">
                    {link.addresses.join(', ') || 'no address'}
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function Bridge({ network }: { network: HostNetworkPicture['networks'][number] }) {
  return (
    <Panel
      title={
        <Link href={paths.network(network.name)} className="hover:underline">
          {network.name}
        </Link>
      }
      meta={<span className="mono">{network.subnets.map((subnet) => subnet.prefix).join(', ')}</span>}
      actions={
        <StatusBadge tone={network.seen ? 'ok' : 'info'}>
          {network.seen ? 'Seen' : 'Wanted, not seen yet'}
        </StatusBadge>
      }
    >
      <div className="overflow-x-auto p-3">
        <p className="mono text-strong">
          {network.link ?? 'no bridge yet'}{' '}
          <span className="text-muted">
            {network.parent
              ? `= ${network.parent}, the host’s own`
              : network.nat
                ? 'bridge, NAT to the outside'
                : 'bridge'}
          </span>
        </p>
        <ul className="ml-2 border-l border-line-default">
          {network.ports.map((port) => (
            <li key={`${port.jail.id}/${port.interface}`} className="flex min-h-7 items-center gap-2">
              <span aria-hidden className="h-px w-4 shrink-0 bg-line-default" />
              <span className="mono text-muted max-sm:hidden">{port.link}</span>
              <span aria-hidden className="h-px w-4 bg-line-default max-sm:hidden" />
              <Link
                href={paths.jail(port.jail.name, 'network')}
                className="font-medium whitespace-nowrap text-strong hover:underline"
              >
                {port.jail.name}
              </Link>
              <span className="mono text-muted">{port.interface}</span>
              <span className="mono flex flex-wrap gap-x-3">
                {port.addresses.map((held) => (
                  <Link key={held.address} href={paths.address(held.address)} className="hover:underline">
                    {held.address}
                    {held.state !== 'assigned' && <span className="text-info-text"> {held.state}</span>}
                  </Link>
                ))}
              </span>
            </li>
          ))}
          {network.ports.length === 0 && <li className="pl-4 text-muted">no jail attached</li>}
        </ul>
      </div>
    </Panel>
  );
}

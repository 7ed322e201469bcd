'use client';
import type { NetworkView, PoolView } from '@cellblock/shared/views/network-view';
import { Bookmark, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { IconButton } from '@/ui/icon-button';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Panel, PanelHead } from '@/ui/panel';
import { StatusBadge } from '@/ui/status-badge';
import { durationText } from '@/ui/time-text';
import { useMayNot } from '../../../may';

const UnreserveDialog = dynamic(() => import('./unreserve-dialog').then((module) => module.UnreserveDialog), {
  ssr: false,
});

export function NetworkFacts({ network, pool }: { network: NetworkView; pool: PoolView | null }) {
  const [unreserving, setUnreserving] = useState<PoolView['reservations'][number] | null>(null);
  const denied = useMayNot('operate');
  return (
    <Panel
      title="Network"
      meta={network.parent ? `bridge, attached to ${network.parent}` : 'bridge of its own'}
    >
      <KeyValues
        rows={[
          [
            'Gateway',
            <span key="g" className="mono">
              {network.subnets.map((s) => s.gateway ?? 'none').join(', ')}
            </span>,
          ],
          [
            'To the outside',
            network.nat ? 'by NAT through the host' : network.parent ? `through ${network.parent}` : 'no',
          ],
          [
            'Hosts',
            <span key="h" className="flex flex-wrap gap-x-4">
              {network.hosts.map((host) => (
                <span key={host.id} className="inline-flex items-center gap-2">
                  <Link href={paths.host(host.name, 'network')} className="mono hover:underline">
                    {host.name}
                  </Link>
                  <StatusBadge tone={host.seen ? 'ok' : 'info'}>
                    {host.seen ? 'Seen there' : 'Wanted, not seen yet'}
                  </StatusBadge>
                </span>
              ))}
            </span>,
          ],
          ['Pool', pool ? <span key="p" className="mono">{`${pool.first} to ${pool.last}`}</span> : 'none'],
          [
            'Cooling',
            pool
              ? `${durationText(pool.coolingSeconds * 1000)} after the host confirmed a release`
              : undefined,
          ],
          [
            'Next free',
            pool ? (
              <span key="n" className="mono">
                {pool.next ?? '—'}
              </span>
            ) : undefined,
          ],
        ]}
      />
      {pool && pool.reservations.length > 0 && (
        <>
          <PanelHead inner title="Reserved" meta={pool.reservations.length} />
          <ul>
            {pool.reservations.map((each) => (
              <li
                key={each.id}
                className="flex min-h-[34px] items-center gap-3 border-b border-line-subtle px-3 py-1 last:border-b-0"
              >
                <Bookmark className="size-3.5 shrink-0 text-idle-mark" aria-hidden />
                <span className="mono text-strong">
                  {each.first === each.last ? each.first : `${each.first} to ${each.last}`}
                </span>
                <span className="min-w-0 flex-1 truncate text-muted">
                  {each.reason} · {each.by}
                  {each.until && (
                    <>
                      {' '}
                      · until <Moment at={each.until} show="absolute" />
                    </>
                  )}
                </span>
                <IconButton
                  label={`End the reservation of ${each.first}`}
                  icon={<X />}
                  disabledReason={denied}
                  onClick={() => setUnreserving(each)}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {unreserving && pool && (
        <UnreserveDialog pool={pool} reservation={unreserving} onClose={() => setUnreserving(null)} />
      )}
    </Panel>
  );
}

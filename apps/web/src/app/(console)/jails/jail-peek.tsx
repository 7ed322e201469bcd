'use client';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { KeyValues } from '@/ui/key-values';
import { PanelHead } from '@/ui/panel';
import { SidePanel } from '@/ui/side-panel';
import { EventFeed } from '../../event-feed';
import { JailStateBadge } from '../../jail-state-badge';
import { Loaded } from '../../loaded';
import { JailActions } from './[jail]/jail-actions';
import { JailTruth } from './[jail]/jail-truth';

/** A jail beside the list: its state, its acts, its last events. The list stays in use. */
export function JailPeek({ name, onClose }: { name: string; onClose: () => void }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.jails.get.queryOptions({ jail: name }));
  return (
    <SidePanel
      title={
        <>
          <span>{name}</span>
          {query.data && <JailStateBadge state={query.data.state} />}
        </>
      }
      onClose={onClose}
    >
      <Loaded query={query} rows={4}>
        {(jail) => (
          <>
            <div className="px-3 pt-2">
              <JailTruth jail={jail} />
            </div>
            <div className="flex flex-wrap gap-2 px-3 pb-1">
              <Link href={paths.jail(jail.name)} className={buttonClass()}>
                <ExternalLink aria-hidden /> Open
              </Link>
              <JailActions jail={jail} />
            </div>
            <KeyValues
              rows={[
                ['Host', jail.host.name],
                [
                  'Addresses',
                  <span key="addresses" className="mono flex flex-wrap gap-x-3">
                    {jail.addresses.length === 0
                      ? 'none'
                      : jail.addresses.map((each) => (
                          <Link key={each.id} href={paths.address(each.address)} className="hover:underline">
                            {each.address}
                          </Link>
                        ))}
                  </span>,
                ],
                ['Root', jail.root],
              ]}
            />
            <PanelHead inner title="Last events" />
            <EventFeed object={jail.id} limit={5} />
          </>
        )}
      </Loaded>
    </SidePanel>
  );
}

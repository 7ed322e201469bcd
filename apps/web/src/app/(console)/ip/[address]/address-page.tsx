'use client';
import { useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { CopyButton } from '@/ui/copy-button';
import { PageHeader } from '@/ui/page-header';
import { Panel } from '@/ui/panel';
import { AddressStateBadge } from '../../../address-state-badge';
import { EventFeed } from '../../../event-feed';
import { Loaded } from '../../../loaded';
import { AddressActions } from './address-actions';
import { AddressNow } from './address-now';
import { AtMoment } from './at-moment';
import { HolderTable } from './holder-table';
import { HolderTimeline } from './holder-timeline';

export function AddressPage({ address }: { address: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.ips.show.queryOptions({ address }));
  const [at, setAt] = useQueryState('at', parseAsString.withDefault(''));
  const moment = at && !Number.isNaN(Date.parse(at)) ? new Date(at) : null;
  return (
    <>
      <PageHeader
        title={address}
        mono
        meta={
          <>
            <CopyButton text={address} label="Copy address" />
            {query.data && (
              <AddressStateBadge state={query.data.current?.successor ? 'moving' : query.data.state} />
            )}
          </>
        }
        actions={query.data && <AddressActions view={query.data} />}
      />
      <Loaded query={query}>
        {(view) => (
          <div className="flex flex-col gap-4">
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <Panel title="Now">
                <AddressNow view={view} />
              </Panel>
              <AtMoment
                address={view.address}
                at={moment}
                onAt={(next) => void setAt(next?.toISOString() ?? null)}
              />
            </div>
            <Panel title="Who held this address" meta={view.history.length || undefined}>
              {view.history.length === 0 ? (
                <p className="p-3 text-muted">
                  Nobody has held it since this installation keeps its history.
                </p>
              ) : (
                <>
                  <HolderTimeline history={view.history} at={moment} />
                  <div className="px-1 pb-1">
                    <HolderTable history={view.history} />
                  </div>
                </>
              )}
            </Panel>
            <Panel title="Events">
              <EventFeed object={view.address} limit={10} />
            </Panel>
          </div>
        )}
      </Loaded>
    </>
  );
}

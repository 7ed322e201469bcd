'use client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { EmptyState } from '@/ui/empty-state';
import { countText } from '@/ui/number-text';
import { PageHeader } from '@/ui/page-header';
import { Panel } from '@/ui/panel';
import { EventLines } from '../../event-feed';
import { Loaded } from '../../loaded';
import { AttentionList } from './attention-list';
import { FleetMap } from './fleet-map';
import { HostRoom } from './host-room';

export function Overview() {
  const trpc = useTRPC();
  const overview = useQuery(trpc.fleet.overview.queryOptions());
  return (
    <>
      <PageHeader
        title="Overview"
        meta={
          overview.data && (
            <>
              <span>
                {overview.data.counts.hostsReady} of {overview.data.counts.hosts}{' '}
                {overview.data.counts.hosts === 1 ? 'host' : 'hosts'} reporting
              </span>
              <span>
                {countText(overview.data.counts.running)} of {countText(overview.data.counts.jails)} jails
                running
              </span>
              <span>
                {countText(overview.data.counts.addressesAssigned)}{' '}
                {overview.data.counts.addressesAssigned === 1 ? 'address' : 'addresses'} assigned
              </span>
            </>
          )
        }
      />
      <Loaded query={overview}>
        {({ attention, counts, recent }) => (
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-4">
              <Panel title="Needs attention" meta={attention.length || undefined}>
                <AttentionList items={attention} lastProblem={recent} />
              </Panel>
              {counts.jails === 0 && (
                <EmptyState
                  command="cellblock create web-1"
                  action={
                    <Link href={paths.jailNew()} className={buttonClass('primary')}>
                      Create the first jail
                    </Link>
                  }
                >
                  No jails yet. A jail with an address is one form away.
                </EmptyState>
              )}
              <FleetMap />
              <HostRoom />
            </div>
            <Panel
              title="Recent changes"
              actions={
                <Link href={paths.audit()} className={buttonClass('quiet')}>
                  All events
                </Link>
              }
            >
              <EventLines events={recent} />
            </Panel>
          </div>
        )}
      </Loaded>
    </>
  );
}

'use client';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { DiffLines } from '@/ui/diff-lines';
import { Note } from '@/ui/note';
import { PanelHead } from '@/ui/panel';
import { SidePanel } from '@/ui/side-panel';
import { EventLines } from '../../../event-feed';
import { EventOutcomeBadge } from '../../../event-outcome-badge';
import { Loaded } from '../../../loaded';
import { diffOf } from './before-after';
import { EventFacts } from './event-facts';
import { HostReport } from './host-report';
import { RawEvent } from './raw-event';

/** One event whole: who, when, from where, what changed, and what the host reports to have done. */
export function EventDetail({ seq }: { seq: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams().toString();
  const query = useQuery(trpc.audit.show.queryOptions({ seq }));
  const close = () => router.push(`${paths.audit()}${search && `?${search}`}`, { scroll: false });
  return (
    <SidePanel title={query.data?.event.summary ?? `Event #${seq}`} onClose={close}>
      <Loaded query={query} rows={6}>
        {({ event, outcomes, receipts, sameSession }) => (
          <>
            <EventFacts event={event} />
            {event.phase === 'refusal' && event.reason && (
              <div className="px-3 pb-3">
                <Note tone="bad" title="Refused">
                  {event.reason}
                </Note>
              </div>
            )}
            <Change event={event} />
            <HostReport event={event} outcomes={outcomes} receipts={receipts} />
            {sameSession.length > 1 && (
              <>
                <PanelHead inner title="Events of this session" />
                <EventLines events={sameSession.filter((each) => each.id !== event.id).slice(0, 8)} />
              </>
            )}
            <RawEvent event={event} outcomes={outcomes} receipts={receipts} />
          </>
        )}
      </Loaded>
    </SidePanel>
  );
}

function Change({ event }: { event: AuditEventView }) {
  const lines = diffOf(event.before, event.after);
  // An outcome carries the numbers of its receipts; the receipts themselves stand below.
  if (event.phase === 'outcome' || lines.length === 0) return null;
  return (
    <>
      <PanelHead
        inner
        title="Change"
        meta={
          <>
            <span className="text-bad-text">− Before</span> <span className="text-ok-text">+ After</span>
          </>
        }
        actions={<EventOutcomeBadge event={event} />}
      />
      <DiffLines lines={lines} />
      {event.masked.length > 0 && (
        <p className="px-3 pb-2 text-small text-muted">
          Masked for your role: <span className="mono">{event.masked.join(', ')}</span>
        </p>
      )}
    </>
  );
}

'use client';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Moment } from '@/ui/moment';
import { Prose } from '@/ui/prose';
import { EventOutcomeBadge } from './event-outcome-badge';
import { Loaded } from './loaded';

/** The last events of one object; how each ended stands beside it and not on a line of its own. */
export function EventFeed({ object, limit }: { object: string; limit: number }) {
  const trpc = useTRPC();
  const events = useQuery(trpc.audit.search.queryOptions({ object, limit, q: '-phase:outcome' }));
  return (
    <Loaded query={events} rows={3}>
      {(page) => <EventLines events={page.events} />}
    </Loaded>
  );
}

export function EventLines({ events }: { events: readonly AuditEventView[] }) {
  if (events.length === 0) return <p className="p-3 text-muted">No event yet.</p>;
  return (
    <ul>
      {events.map((event) => (
        <li
          key={event.id}
          className="flex min-h-[34px] items-center gap-3 border-b border-line-subtle px-3 py-1.5 last:border-b-0"
        >
          <Moment
            at={event.at}
            className="w-28 shrink-0 whitespace-nowrap text-muted max-sm:w-20 max-sm:whitespace-normal"
          />
          <span className="min-w-0 flex-1 break-words text-strong">
            {event.seq === null ? (
              <Prose text={event.summary} />
            ) : (
              <Link href={paths.auditEvent(event.seq)} className="hover:underline">
                <Prose text={event.summary} />
              </Link>
            )}
          </span>
          <EventOutcomeBadge event={event} iconOnly />
        </li>
      ))}
    </ul>
  );
}

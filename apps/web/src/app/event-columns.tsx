import { actorName } from '@cellblock/shared/actor-name';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { Column } from '@/ui/data-table';
import { Prose } from '@/ui/prose';
import { EventOutcomeBadge } from './event-outcome-badge';
import { EventTime } from './event-time';

/** An event as a row. On a narrow screen its summary takes the place of actor, action and object. */
export const eventColumns: readonly Column<AuditEventView>[] = [
  {
    key: 'time',
    header: 'Time',
    width: 'w-[104px] max-sm:w-[76px]',
    cell: (event) => <EventTime at={event.at} />,
  },
  { key: 'actor', header: 'Actor', width: 'w-[110px]', from: 'sm', cell: (event) => actorName(event.actor) },
  { key: 'kind', header: 'Action', width: 'w-[124px]', from: 'sm', mono: true, cell: (event) => event.kind },
  {
    key: 'object',
    header: 'What',
    wraps: 'narrow',
    cell: (event) => (
      <span className="text-strong">
        <Prose text={event.summary} />
      </span>
    ),
  },
  {
    key: 'host',
    header: 'Host',
    width: 'w-[100px]',
    from: 'lg',
    mono: true,
    cell: (event) => event.host?.name ?? '—',
  },
  {
    key: 'outcome',
    header: <span className="sr-only">Outcome</span>,
    width: 'w-[38px]',
    cell: (event) => <EventOutcomeBadge event={event} iconOnly />,
  },
];

'use client';
import { actorName } from '@cellblock/shared/actor-name';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { ReactNode } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { shortId } from '@/ui/number-text';
import { EventOutcomeBadge } from '../../../event-outcome-badge';

export function EventFacts({ event }: { event: AuditEventView }) {
  const session = [
    event.credential,
    event.sourceAddress,
    event.sessionId && `session ${shortId(event.sessionId)}`,
  ];
  return (
    <KeyValues
      rows={[
        ['When', <Moment key="w" at={event.at} show="both" />],
        ['Actor', actorName(event.actor)],
        ['From', session.filter(Boolean).join(', ') || null],
        ['Object', <ObjectLink key="o" object={event.object} />],
        [
          'Host',
          event.host ? (
            <Link key="h" href={paths.host(event.host.name)} className="mono hover:underline">
              {event.host.name}
            </Link>
          ) : undefined,
        ],
        ['Outcome', <EventOutcomeBadge key="x" event={event} />],
        ['Request', event.requestId ? <Mono key="r" text={event.requestId} /> : undefined],
        ['Task', event.task ? <Mono key="t" text={event.task} /> : undefined],
        ['Number', event.seq === null ? 'not numbered yet' : `#${event.seq}, ${event.phase}`],
        [
          'Outcome of',
          event.intent?.seq ? (
            <Link key="i" href={paths.auditEvent(event.intent.seq)} className="hover:underline">
              #{event.intent.seq}
            </Link>
          ) : undefined,
        ],
        ['Reason', event.phase !== 'refusal' && event.reason ? event.reason : undefined],
      ]}
    />
  );
}

const hrefs: Partial<Record<AuditEventView['object']['type'], (name: string) => string>> = {
  jail: (name) => paths.jail(name),
  host: (name) => paths.host(name),
  network: (name) => paths.network(name),
  address: (name) => paths.address(name),
};

function ObjectLink({ object }: { object: AuditEventView['object'] }) {
  const href = hrefs[object.type]?.(object.name);
  const name: ReactNode = href ? (
    <Link href={href} className="hover:underline">
      {object.name}
    </Link>
  ) : (
    object.name
  );
  return (
    <>
      {name} <span className="text-muted">{object.type}</span>
    </>
  );
}

const Mono = ({ text }: { text: string }) => <span className="mono">{text}</span>;

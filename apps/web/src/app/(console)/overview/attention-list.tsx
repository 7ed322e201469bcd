'use client';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Moment } from '@/ui/moment';
import { Prose } from '@/ui/prose';
import { StatusBadge } from '@/ui/status-badge';
import { WhatToDo } from '../../what-to-do';

interface Attention {
  severity: 'bad' | 'warn' | 'unknown';
  text: string;
  since: string | null;
  object: AuditEventView['object'];
  fix?: string | null;
}

const words = { bad: 'Failed', warn: 'Warning', unknown: 'Unknown' } as const;

export function AttentionList({
  items,
  lastProblem,
}: {
  items: readonly Attention[];
  lastProblem: readonly AuditEventView[];
}) {
  if (items.length === 0) {
    const failed = lastProblem.find((event) => event.phase === 'refusal' || event.latestOutcome === 'failed');
    return (
      <p className="p-3 text-muted">
        Nothing needs attention.
        {failed && (
          <>
            {' '}
            Last refused or failed change: <Moment at={failed.at} />.
          </>
        )}
      </p>
    );
  }
  return (
    <ul>
      {items.map((item) => (
        <li
          key={`${item.object.type}/${item.object.id}/${item.text}`}
          className="flex items-start gap-3 border-b border-line-subtle px-3 py-2 last:border-b-0"
        >
          <span className="pt-0.5">
            <StatusBadge tone={item.severity} iconOnly>
              {words[item.severity]}
            </StatusBadge>
          </span>
          <div className="min-w-0 flex-1">
            <Link href={hrefOf(item.object)} className="text-strong hover:underline">
              <Prose text={item.text} />
            </Link>
            {item.fix && <WhatToDo fix={item.fix} />}
          </div>
          {item.since && <Moment at={item.since} className="shrink-0 text-muted" />}
        </li>
      ))}
    </ul>
  );
}

function hrefOf(object: AuditEventView['object']): string {
  switch (object.type) {
    case 'jail':
      return paths.jail(object.name);
    case 'host':
      return paths.host(object.name, 'checks');
    case 'network':
    case 'pool':
      return paths.network(object.name);
    case 'address':
      return paths.address(object.name);
    default:
      return paths.audit(object.name);
  }
}

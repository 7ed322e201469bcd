'use client';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { Receipt } from '@cellblock/shared/receipt';
import { Moment } from '@/ui/moment';
import { shortId } from '@/ui/number-text';
import { PanelHead } from '@/ui/panel';
import { StatusBadge } from '@/ui/status-badge';

interface HostReportProps {
  event: AuditEventView;
  outcomes: readonly AuditEventView[];
  receipts: readonly Receipt[];
}

/** The steps as the host says it made them. It is the host's account, signed by its key; not more. */
export function HostReport({ event, outcomes, receipts }: HostReportProps) {
  if (!event.host && receipts.length === 0) return null;
  const total = receipts.reduce((sum, receipt) => sum + receipt.body.durationMs, 0);
  const host = event.host?.name ?? 'the host';
  return (
    <>
      <PanelHead
        inner
        title="What the host reports"
        meta={
          receipts.length > 0
            ? `${receipts.length} ${receipts.length === 1 ? 'step' : 'steps'}, ${msText(total)}`
            : undefined
        }
      />
      {receipts.length === 0 ? (
        <p className="p-3 text-muted">
          {event.phase === 'refusal'
            ? 'Nothing: it was refused before any host heard of it.'
            : outcomes.length > 0
              ? `${host} had nothing to do for it.`
              : `${host} has not reported on it yet.`}
        </p>
      ) : (
        <ol className="py-1.5">
          {receipts.map(({ body }) => (
            <li key={body.seq} className="flex flex-wrap items-baseline gap-x-3 px-3 py-0.5">
              <StatusBadge tone={body.result === 'done' ? 'ok' : 'bad'} iconOnly>
                {body.result}
              </StatusBadge>
              <span className="mono min-w-0 flex-1 break-words">{body.text}</span>
              <span className="text-small text-muted">{msText(body.durationMs)}</span>
              {body.result !== 'done' && (
                <span className="w-full pl-6 text-bad-text">
                  {[body.errno, body.message].filter(Boolean).join(': ')}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {receipts.length > 0 && <Signatures receipts={receipts} host={host} />}
      {outcomes.map((outcome) => (
        <p key={outcome.id} className="border-t border-line-subtle px-3 py-2 text-muted">
          #{outcome.seq ?? '…'} {outcome.outcome}, <Moment at={outcome.at} show="absolute" />
          {outcome.reason && `: ${outcome.reason}`}
        </p>
      ))}
    </>
  );
}

function Signatures({ receipts, host }: { receipts: readonly Receipt[]; host: string }) {
  const first = receipts[0];
  const last = receipts.at(-1);
  if (!first || !last) return null;
  const numbers =
    first === last ? `receipt ${first.body.seq}` : `receipts ${first.body.seq} to ${last.body.seq}`;
  return (
    <p className="border-t border-line-subtle px-3 py-2 text-small text-muted">
      Signed by {host}, {numbers}, at generation {last.body.generation}; signature{' '}
      <span className="mono">{shortId(last.signature, 6)}</span>
    </p>
  );
}

const msText = (ms: number) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

'use client';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import { TriangleAlert } from 'lucide-react';
import { Moment } from '@/ui/moment';
import { shortId } from '@/ui/number-text';

/** "1 step", "11 steps". */
export const stepCount = ({ steps }: PlanView) => `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`;

/** The ordered difference, a line for each step, and what it rests on. */
export function PlanSteps({ plan }: { plan: PlanView }) {
  return (
    <div className="flex flex-col">
      {plan.steps.length === 0 && (
        <p className="px-3 py-2 text-muted">
          {plan.host.name
            ? plan.warnings.length > 0
              ? 'Nothing is done on the host now.'
              : 'Nothing to do: it is so already.'
            : 'A host does something for it when the first jail attaches.'}
        </p>
      )}
      <ol className="py-1.5">
        {plan.steps.map((step, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity of a step
            key={at}
            className="mono flex gap-2 px-3 leading-[22px]"
          >
            <span
              aria-hidden
              className={/remove|release|stop|destroy/.test(step.kind) ? 'text-bad-text' : 'text-ok-text'}
            >
              {/remove|release|stop|destroy/.test(step.kind) ? '−' : '+'}
            </span>
            <span className="min-w-0 break-words">{step.text}</span>
          </li>
        ))}
      </ol>
      {plan.warnings.map((warning) => (
        <p key={warning} className="flex gap-2 px-3 py-1 text-warn-text">
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-warn-mark" aria-hidden />
          {warning}
        </p>
      ))}
      <p className="border-t border-line-subtle px-3 py-2 text-small text-muted">
        {plan.asOf ? (
          <>
            As {plan.host.name} reported <Moment at={plan.asOf} />
          </>
        ) : plan.host.name ? (
          `${plan.host.name} has not reported yet`
        ) : (
          'Rests on no host'
        )}{' '}
        · plan <span className="mono">{shortId(plan.hash)}</span>
      </p>
    </div>
  );
}

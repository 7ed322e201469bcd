'use client';
import type { TaskDetail } from '@cellblock/shared/views/task-view';
import { CircleDashed } from 'lucide-react';
import { Moment } from '@/ui/moment';
import { PanelHead } from '@/ui/panel';
import { StatusBadge } from '@/ui/status-badge';

/** The steps as the host reports them, then those that its planner would still make. */
export function TaskSteps({ detail: { task, left } }: { detail: TaskDetail }) {
  const host = task.host?.name ?? 'the host';
  const total = task.steps.reduce((sum, step) => sum + step.durationMs, 0);
  return (
    <>
      <PanelHead
        inner
        title="What the host reports"
        meta={
          task.steps.length > 0
            ? `${task.steps.length} ${task.steps.length === 1 ? 'step' : 'steps'}, ${msText(total)}`
            : undefined
        }
      />
      {task.steps.length === 0 ? (
        <p className="p-3 text-muted">
          {task.state === 'applied'
            ? `${host} had nothing to do for it: it was so already.`
            : `${host} has reported no step of it yet.`}
        </p>
      ) : (
        <ol className="py-1.5">
          {task.steps.map((step) => (
            <li key={step.receipt} className="flex flex-wrap items-baseline gap-x-3 px-3 py-0.5">
              <StatusBadge tone={step.result === 'done' ? 'ok' : 'bad'} iconOnly>
                {step.result}
              </StatusBadge>
              <span className="mono min-w-0 flex-1 break-words text-strong">{step.text}</span>
              <span className="text-small text-muted">{msText(step.durationMs)}</span>
              {step.result !== 'done' && (
                <span className="w-full pl-6 text-bad-text">
                  {[step.errno, step.message].filter(Boolean).join(': ')}
                </span>
              )}
              <span className="w-full pl-6 text-small text-faint">
                <Moment at={step.at} show="absolute" /> · receipt {step.receipt}
              </span>
            </li>
          ))}
        </ol>
      )}
      {left.map(
        ({ host: name, steps, asOf }) =>
          steps.length > 0 && (
            <section key={name} aria-label={`Plan of ${name}`}>
              <PanelHead
                inner
                title={`Still to do on ${name}`}
                meta={`${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`}
              />
              <ol className="py-1.5">
                {steps.map((step, at) => (
                  <li
                    // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity of a planned step
                    key={at}
                    className="flex items-baseline gap-3 px-3 py-0.5"
                  >
                    <CircleDashed className="size-3.5 shrink-0 translate-y-0.5 text-faint" aria-hidden />
                    <span className="mono min-w-0 break-words text-muted">{step.text}</span>
                  </li>
                ))}
              </ol>
              <p className="px-3 pb-2 text-small text-faint">
                {asOf ? (
                  <>
                    Planned from what {name} reported <Moment at={asOf} />
                  </>
                ) : (
                  `${name} has not reported its state: the plan begins from nothing.`
                )}
              </p>
            </section>
          ),
      )}
    </>
  );
}

const msText = (ms: number) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

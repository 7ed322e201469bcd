'use client';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import { PlanSteps } from './plan-steps';

interface DialogPlanProps {
  plan: PlanView | undefined;
  /** What stands there until there is one. */
  instead: string;
}

/**
 * What a change would do, in a dialog. Its room is the same before the plan arrives and with any number of steps:
 * a button that jumps away beneath it is missed by whoever is about to press it.
 */
export function DialogPlan({ plan, instead }: DialogPlanProps) {
  return (
    <section
      aria-label="Plan"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
      tabIndex={0}
      className="h-52 shrink-0 sm:h-44 overflow-y-auto rounded-note border border-line-subtle"
    >
      {plan ? <PlanSteps plan={plan} /> : <p className="px-3 py-2 text-muted">{instead}</p>}
    </section>
  );
}

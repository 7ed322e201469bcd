'use client';
import type { Refusal } from '@cellblock/shared/app-error';
import type { CreateJailInput } from '@cellblock/shared/jail-input';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import { CommandLine } from '@/ui/command-line';
import { Panel } from '@/ui/panel';
import { ConflictNote } from '../../../conflict-note';
import { PlanSteps, stepCount } from '../../../plan-steps';
import { jailCommand } from './jail-command';
import type { JailDraft } from './jail-draft';

interface JailPlanProps {
  input: CreateJailInput | null;
  draft: JailDraft;
  plan: PlanView | null;
  conflicts: readonly Refusal[];
}

/** What Create would do on the host, kept current while the form is filled in. */
export function JailPlan({ input, draft, plan, conflicts }: JailPlanProps) {
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {conflicts.map((conflict) => (
        <ConflictNote key={conflict.message} conflict={conflict} />
      ))}
      <Panel title="Plan" meta={input && plan ? stepCount(plan) : undefined}>
        {input && plan ? (
          <PlanSteps plan={plan} />
        ) : (
          <p className="p-3 text-muted">
            Give the jail a name, and the steps that the host will take stand here.
          </p>
        )}
      </Panel>
      {input && !input.makeNetwork && <CommandLine command={jailCommand(input, draft)} />}
    </div>
  );
}

import type { AuditKind } from '@cellblock/shared/audit-event';
import { changeFleet, type Decision, type Work } from './change-fleet.ts';
import type { VerbContext } from './verb-context.ts';

type Act<T> = Pick<Decision<unknown>, 'object' | 'host' | 'summary' | 'before' | 'after' | 'reason'> & {
  topics?: string[];
  result: T;
};

/** A change of people, tokens or hosts: true as soon as it is written, so that it has no task and no plan. */
export async function recordAct<T>(
  ctx: VerbContext,
  kind: AuditKind,
  decide: (work: Work) => Promise<Act<T>>,
): Promise<T> {
  const change = await changeFleet(ctx, { kind }, async (work) => {
    const { result, topics = [], ...decision } = await decide(work);
    return { ...decision, topics, wants: [], show: async () => result };
  });
  if (!('object' in change)) throw new Error('a change without dryRun came back as a plan');
  return change.object;
}

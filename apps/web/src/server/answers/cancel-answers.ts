import * as z from 'zod';
import { findHost } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';

export const CancelAnswersInput = z.object({ host: z.string().min(1) });

/** Ends the run that is under way on a host, whoever asked for it; without one nothing happens. */
export async function cancelAnswers(
  ctx: VerbContext,
  input: z.output<typeof CancelAnswersInput>,
): Promise<void> {
  const host = await findHost(ctx.db, input.host);
  const agent = await agentOf(ctx.db, host.id);
  await recordAsked(
    ctx,
    {
      kind: 'answers.cancel',
      object: { type: 'host', id: host.id, name: host.name },
      host: { id: host.id, name: host.name },
      summary: `canceled the answers on host ${host.name}`,
    },
    () => agent.answers.cancel.mutate(),
  );
}

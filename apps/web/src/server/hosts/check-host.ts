import { HostCheck } from '@cellblock/shared/host-status';
import * as z from 'zod';
import { findHost } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { agentOf } from './agent-client.ts';

export const CheckHostInput = z.object({ host: z.string().min(1) });

/** Has a host look anew at what it can and cannot do. */
export async function checkHost(
  ctx: VerbContext,
  input: z.output<typeof CheckHostInput>,
): Promise<HostCheck[]> {
  const host = await findHost(ctx.db, input.host);
  const agent = await agentOf(ctx.db, host.id);
  await recordAct(ctx, 'host.check', async () => ({
    object: { type: 'host', id: host.id, name: host.name },
    host: { id: host.id, name: host.name },
    summary: `had host ${host.name} run its checks`,
    result: null,
  }));
  return z.array(HostCheck).parse(await agent.checks.run.mutate());
}

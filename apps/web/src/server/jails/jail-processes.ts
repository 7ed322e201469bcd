import { JailProcesses, JailSignal } from '@cellblock/shared/jail-process';
import * as z from 'zod';
import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';

export const SignalInput = z.object({
  jail: z.string().min(1),
  /** on the host, as listed */
  pid: z.int().min(1),
  startTime: z.int().min(0),
  signal: JailSignal,
});

/** What runs in a jail, as its host sees it right now. */
export async function jailProcesses(ctx: VerbContext, input: { jail: string }): Promise<JailProcesses> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  return JailProcesses.parse(await agent.jail.processes.query({ jail: jail.id }));
}

/** Sends a signal to one process of a jail. Recorded before it is sent, with its outcome after. */
export async function signalProcess(ctx: VerbContext, input: z.output<typeof SignalInput>): Promise<void> {
  const found = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, found.hostId);
  const { pid, startTime, signal } = input;
  await recordAsked(
    ctx,
    {
      kind: 'jail.signal',
      object: { type: 'jail', id: found.id, name: found.name },
      host: { id: found.host.id, name: found.host.name },
      summary: `sent ${signal} to process ${pid} of ${found.name}`,
      after: { pid, startTime, signal },
    },
    () => agent.jail.signal.mutate({ jail: found.id, pid, startTime, signal }),
  );
}

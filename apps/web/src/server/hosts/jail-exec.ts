import { AppError } from '@cellblock/shared/app-error';
import * as z from 'zod';
import { actorId } from '../audit/record-event.ts';
import { findJail } from '../find-object.ts';
import type { VerbContext } from '../verb-context.ts';
import { agentOf } from './agent-client.ts';
import { fromSubscription } from './from-subscription.ts';
import { recordStream } from './record-stream.ts';

const Size = z.object({ rows: z.int().min(1).max(10_000), columns: z.int().min(1).max(10_000) });
const Session = z.object({ session: z.string().min(1).max(200) });

export const ExecOpenInput = z.object({
  jail: z.string().min(1),
  command: z.array(z.string()).min(1).max(256),
  environment: z.record(z.string(), z.string()).default({}),
  uid: z.int().min(0).max(65_535).default(0),
  gid: z.int().min(0).max(65_535).optional(),
  tty: Size.extend({ term: z.string().max(64).default('xterm-256color') })
    .nullable()
    .default(null),
});
export const ExecSessionInput = Session;
export const ExecInputInput = Session.extend({ data: z.string().nullable() });
export const ExecResizeInput = Session.extend(Size.shape);

/** Commands that were begun through this process: on which host, and for whom. */
const sessions = new Map<string, { hostId: string; owner: string }>();

/** Runs a command in a jail; its output is read with the session. */
export async function execOpen(
  ctx: VerbContext,
  input: z.output<typeof ExecOpenInput>,
): Promise<{ session: string }> {
  const { jail: ref, ...command } = input;
  const jail = await findJail(ctx.db, ref);
  const { session } = await recordStream(
    ctx,
    {
      kind: 'jail.exec',
      jail,
      host: jail.host,
      summary: `ran a command in ${jail.name}`,
      after: { command: input.command, uid: input.uid, tty: input.tty !== null },
    },
    async (cause) => {
      const agent = await agentOf(ctx.db, jail.hostId);
      return await agent.jail.execOpen.mutate({ ...withoutUndefined(command), jail: jail.id, cause });
    },
  );
  sessions.set(session, { hostId: jail.hostId, owner: ownerOf(ctx) });
  return { session };
}

/** What the command writes, and how it ended. */
export async function* execOutput(
  ctx: VerbContext,
  { session }: z.output<typeof Session>,
  signal: AbortSignal | undefined,
) {
  const agent = await agentBehind(ctx, session);
  const output = fromSubscription<ExecOutput>(
    (observer) => agent.jail.execOutput.subscribe({ session }, observer as never),
    signal,
  );
  for await (const piece of output) {
    yield piece;
    if (piece.type === 'exit') {
      sessions.delete(session);
      return;
    }
  }
}

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | { type: 'exit'; code: number | null; signal: number | null };

export async function execInput(ctx: VerbContext, input: z.output<typeof ExecInputInput>): Promise<void> {
  await (await agentBehind(ctx, input.session)).jail.execInput.mutate(input);
}

export async function execResize(ctx: VerbContext, input: z.output<typeof ExecResizeInput>): Promise<void> {
  await (await agentBehind(ctx, input.session)).jail.execResize.mutate(input);
}

export async function execKill(ctx: VerbContext, input: z.output<typeof Session>): Promise<void> {
  await (await agentBehind(ctx, input.session)).jail.execKill.mutate(input);
}

/** Only whoever began a command reads it and writes to it. */
async function agentBehind(ctx: VerbContext, session: string) {
  const known = sessions.get(session);
  if (known !== undefined && known.owner === ownerOf(ctx)) return await agentOf(ctx.db, known.hostId);
  throw new AppError('not-found', 'There is no such command of yours.', {
    field: 'session',
    cause: 'It has ended, or the dashboard was started anew since.',
    fix: 'Run it again.',
  });
}

function ownerOf(ctx: VerbContext): string {
  return `${ctx.actor.type} ${actorId(ctx.actor)}`;
}

function withoutUndefined<T extends { gid?: number | undefined }>({ gid, ...rest }: T) {
  return { ...rest, ...(gid === undefined ? {} : { gid }) };
}

import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { actorId } from '../audit/record-event.ts';
import { findJail } from '../find-object.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

interface Observable<T> {
  subscribe(
    input: never,
    observer: { onData: (value: T) => void; onError: (error: unknown) => void; onComplete: () => void },
  ): { unsubscribe: () => void };
}

/** A subscription at an agent as a stream here; it ends there when it ends here. */
async function* relay<T>(
  subscribe: (observer: Parameters<Observable<T>['subscribe']>[1]) => { unsubscribe: () => void },
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let ended = false;
  let failure: unknown = null;
  let wake = () => {};
  const over = () => {
    ended = true;
    wake();
  };
  const subscription = subscribe({
    onData: (value) => {
      queue.push(value);
      wake();
    },
    onError: (error) => {
      failure = error;
      over();
    },
    onComplete: over,
  });
  signal?.addEventListener('abort', over);
  try {
    for (;;) {
      while (queue.length > 0) yield queue.shift() as T;
      if (failure) throw failure;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
    signal?.removeEventListener('abort', over);
  }
}

/** What a jail wrote to its console, oldest first. That somebody read it is an event. */
export async function* jailLogs(
  ctx: VerbContext,
  input: { jail: string; tailLines?: number | undefined; follow?: boolean | undefined },
  signal?: AbortSignal,
): AsyncGenerator<{ offset: number; text: string; dropped: number }> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  await recordAct(ctx, 'jail.logs', async () => ({
    object: { type: 'jail', id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: `read the console output of ${jail.name}`,
    result: null,
  }));
  // A character may be cut in two between pieces.
  const decoder = new TextDecoder();
  const asked = {
    jail: jail.id,
    follow: input.follow ?? false,
    ...(input.tailLines !== undefined && { tailLines: input.tailLines }),
  };
  type Piece = { offset: number; data: string; dropped: number };
  for await (const { offset, data, dropped } of relay<Piece>(
    (observer) => agent.jail.console.subscribe(asked, observer as never),
    signal,
  )) {
    yield { offset, text: decoder.decode(Buffer.from(data, 'base64'), { stream: true }), dropped };
  }
}

export interface ExecInput {
  jail: string;
  command: string[];
  uid: number;
  tty: { columns: number; rows: number } | null;
}

/** Sessions that were opened through this process, and by whom: nobody else may write into one. */
const sessions = new Map<string, { agent: AgentClient; session: string; by: string }>();

/** Runs a command in a jail, recorded before it begins. Answers the session for the calls below. */
export async function openExec(ctx: VerbContext, input: ExecInput): Promise<{ session: string }> {
  const jail = await findJail(ctx.db, input.jail);
  if (jail.wanted !== 'running') {
    throw new AppError('conflict', `${jail.name} is not to be running.`, {
      field: 'jail',
      fix: `Start it: cellblock start ${jail.name}`,
    });
  }
  const agent = await agentOf(ctx.db, jail.hostId);
  const cause = await recordAct(ctx, 'jail.exec', async ({ event }) => ({
    object: { type: 'jail', id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: `ran a command in ${jail.name} as uid ${input.uid}`,
    after: { command: input.command, uid: input.uid, terminal: input.tty !== null },
    result: event,
  }));
  const { session } = await agent.jail.execOpen.mutate({
    jail: jail.id,
    command: input.command,
    uid: input.uid,
    tty: input.tty,
    cause,
  });
  const id = randomUUID();
  sessions.set(id, { agent, session, by: ownerOf(ctx) });
  return { session: id };
}

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | { type: 'exit'; code: number | null; signal: number | null };

export async function* execOutput(
  ctx: VerbContext,
  input: { session: string },
  signal?: AbortSignal,
): AsyncGenerator<ExecOutput> {
  const { agent, session } = ownSession(ctx, input.session);
  for await (const piece of relay<ExecOutput>(
    (observer) => agent.jail.execOutput.subscribe({ session }, observer as never),
    signal,
  )) {
    yield piece;
    if (piece.type !== 'exit') continue;
    sessions.delete(input.session);
    return;
  }
}

/** `data` is base64; null closes stdin. */
export async function execInput(
  ctx: VerbContext,
  input: { session: string; data: string | null },
): Promise<void> {
  const { agent, session } = ownSession(ctx, input.session);
  await agent.jail.execInput.mutate({ session, data: input.data });
}

export async function execResize(
  ctx: VerbContext,
  input: { session: string; columns: number; rows: number },
): Promise<void> {
  const { agent, session } = ownSession(ctx, input.session);
  await agent.jail.execResize.mutate({ session, columns: input.columns, rows: input.rows });
}

export async function execKill(ctx: VerbContext, input: { session: string }): Promise<void> {
  const { agent, session } = ownSession(ctx, input.session);
  await agent.jail.execKill.mutate({ session });
  sessions.delete(input.session);
}

function ownSession(ctx: VerbContext, id: string) {
  const session = sessions.get(id);
  if (session?.by === ownerOf(ctx)) return session;
  throw new AppError('not-found', 'There is no such session.', {
    field: 'session',
    cause: 'Its command has ended, or the dashboard was started anew meanwhile.',
    fix: 'Run the command again.',
  });
}

function ownerOf(ctx: VerbContext): string {
  return `${ctx.actor.type}/${actorId(ctx.actor)}`;
}

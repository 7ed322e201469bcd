import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { actorId, recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { type FoundJail, findJail } from '../find-object.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { relayOutput } from '../hosts/relay-subscription.ts';
import type { VerbContext } from '../verb-context.ts';

export interface ExecInput {
  jail: string;
  command: string[];
  uid: number;
  tty: { columns: number; rows: number } | null;
}

/** As the host says it; `lost`: of a console, why it is over though its jail runs on. */
interface SessionExit {
  code: number | null;
  signal: number | null;
  lost?: 'keeper' | 'listeners' | 'terminal';
}
/** Who it was that went away before a session had ended. */
type Gone = 'reader' | 'host';

/** What somebody does in a jail for as long as they read what comes of it, and how the history puts it. */
export interface SessionKind {
  kind: 'jail.exec' | 'jail.console';
  begins: string;
  after: Record<string, unknown>;
  /** `left`: whoever opened it ended it */
  ended: (exit: SessionExit, left: boolean) => string;
  abandoned: (gone: Gone, left: boolean) => string;
  notBegun: string;
  open: (agent: AgentClient, cause: string) => Promise<{ session: string }>;
}

/** Sessions that were opened through this process, and by whom: nobody else may write into one. */
interface OpenSession {
  kind: SessionKind;
  agent: AgentClient;
  session: string;
  by: string;
  ctx: VerbContext;
  /** the intent's event */
  cause: string;
  jail: FoundJail;
  left: boolean;
  /** a second reader is refused by the host, and must not end it for the first */
  isRead: boolean;
  /** null: it has not been heard yet */
  exit: SessionExit | null;
  /** ends it while nobody has begun to read */
  unread: NodeJS.Timeout;
}
/** The agent ends a session that nobody reads after the same time. */
const UNREAD_MS = 30_000;
const sessions = new Map<string, OpenSession>();

/** Runs a command in a jail, recorded before it begins. Answers the session for the calls below. */
export async function openExec(ctx: VerbContext, input: ExecInput): Promise<{ session: string }> {
  const jail = await findRunning(ctx, input.jail, 'A command');
  const { command, uid, tty } = input;
  return openSession(ctx, jail, {
    kind: 'jail.exec',
    begins: `ran a command in ${jail.name} as uid ${uid}`,
    after: { command, uid, terminal: tty !== null },
    ended: ({ code, signal }) =>
      `the command in ${jail.name} ended with ${signal ? `signal ${signal}` : code}`,
    abandoned: (gone) =>
      gone === 'host'
        ? `the command in ${jail.name} was cut off: the way to its host ended`
        : `the command in ${jail.name} was ended: nobody read what it wrote any more`,
    notBegun: `the command in ${jail.name} did not begin`,
    open: (agent, cause) => agent.jail.execOpen.mutate({ jail: jail.id, command, uid, tty, cause }),
  });
}

/** `what` needs a jail that runs: `A command`. */
export async function findRunning(ctx: VerbContext, name: string, what: string): Promise<FoundJail> {
  const jail = await findJail(ctx.db, name);
  if (jail.wanted === 'running') return jail;
  throw new AppError('conflict', `${jail.name} is not to be running.`, {
    field: 'jail',
    cause: `${what} needs a jail that runs.`,
    fix: `Start it: cellblock start ${jail.name}`,
  });
}

/** Recorded before it begins. Answers the session for the calls below. */
export async function openSession(
  ctx: VerbContext,
  jail: FoundJail,
  kind: SessionKind,
): Promise<{ session: string }> {
  const agent = await agentOf(ctx.db, jail.hostId);
  const cause = await recordBegin(ctx, jail, kind);
  const open = { kind, agent, by: ownerOf(ctx), ctx, cause, jail, left: false, isRead: false, exit: null };
  try {
    const { session } = await kind.open(agent, cause);
    const id = randomUUID();
    const unread = setTimeout(() => void abandon(id, 'reader'), UNREAD_MS);
    unread.unref();
    sessions.set(id, { ...open, session, unread });
    return { session: id };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await recordEnd(open, 'failed', kind.notBegun, { message });
    throw error;
  }
}

/** The intent alone: how it ends is appended when it has ended. */
async function recordBegin(ctx: VerbContext, jail: FoundJail, kind: SessionKind): Promise<string> {
  const change = await changeFleet(ctx, { kind: kind.kind }, async ({ event }) => ({
    object: { type: 'jail' as const, id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: kind.begins,
    after: kind.after,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  return change.object;
}

async function recordEnd(
  { kind, ctx, cause, jail }: Pick<OpenSession, 'kind' | 'ctx' | 'cause' | 'jail'>,
  outcome: 'applied' | 'failed',
  summary: string,
  after: Record<string, unknown>,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind: kind.kind,
      phase: 'outcome',
      outcome,
      intent: cause,
      object: { type: 'jail', id: jail.id, name: jail.name },
      host: { id: jail.host.id, name: jail.host.name },
      summary,
      after,
    });
    await notifyChanges(tx, ['audit']);
  });
  // It is recorded; a leaf that is missing here is appended by whoever comes next.
  await appendLeaves(ctx.db).catch((error) => console.error('a recorded end has no leaf yet:', error));
}

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | ({ type: 'exit' } & SessionExit);

export async function* execOutput(
  ctx: VerbContext,
  input: { session: string },
  signal?: AbortSignal,
): AsyncGenerator<ExecOutput> {
  const open = ownSession(ctx, input.session);
  const { agent, session } = open;
  const isFirst = !open.isRead;
  open.isRead = true;
  clearTimeout(open.unread);
  let gone: Gone = 'reader';
  try {
    for await (const piece of relayOutput<ExecOutput>(
      agent,
      (reader, observer) => agent.jail.execOutput.subscribe({ session, reader }, observer),
      signal,
    )) {
      // Recorded before it is told: who asks for the status may be gone in the next moment.
      if (piece.type === 'exit') {
        const { type: _, ...exit } = piece;
        open.exit = exit;
        await recordExit(open, exit);
        sessions.delete(input.session);
      }
      yield piece;
      if (piece.type === 'exit') return;
    }
    if (!signal?.aborted) gone = 'host';
  } catch (error) {
    // One of ours: it was ended because its reader was too slow for it.
    if (!signal?.aborted && !(error instanceof AppError)) gone = 'host';
    throw error;
  } finally {
    if (isFirst) await abandon(input.session, gone);
  }
}

async function recordExit(open: OpenSession, exit: SessionExit): Promise<void> {
  const outcome = exit.lost && !open.left ? 'failed' : 'applied';
  await recordEnd(open, outcome, open.kind.ended(exit, open.left), { ...exit });
}

/** Whoever read it has gone, or its host has: the command goes too, and nobody hears how it ends. */
async function abandon(id: string, gone: Gone): Promise<void> {
  const open = sessions.get(id);
  if (open === undefined || !sessions.delete(id)) return;
  clearTimeout(open.unread);
  const summary = open.kind.abandoned(gone, open.left);
  try {
    // Heard of, and not recorded: once more.
    if (open.exit) return await recordExit(open, open.exit);
    await open.agent.jail.execKill.mutate({ session: open.session }).catch(() => undefined);
    await recordEnd(open, 'failed', summary, { abandoned: true });
  } catch (error) {
    // Nobody hears of it any more (record-lost-ends.ts).
    console.error(`how a session ended was not recorded (${summary}):`, error);
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
  const open = ownSession(ctx, input.session);
  const { agent, session } = open;
  open.left = true;
  await agent.jail.execKill.mutate({ session });
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

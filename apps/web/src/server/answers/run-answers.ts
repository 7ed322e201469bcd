import { actorName } from '@cellblock/shared/actor';
import {
  type AnswersEvent,
  AnswersInput,
  type AnswersRun,
  countVerdicts,
} from '@cellblock/shared/answers/answer';
import { AppError } from '@cellblock/shared/app-error';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import * as z from 'zod';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { findHost } from '../find-object.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { relaySubscription } from '../hosts/relay-subscription.ts';
import type { VerbContext } from '../verb-context.ts';
import { answersOf } from './answers-view.ts';

export const RunAnswersInput = AnswersInput.extend({ host: z.string().min(1) });

type Host = Awaited<ReturnType<typeof findHost>>;

/**
 * Has a host test the sentences of the mails, on throw-away jails of its own. Answers when the host has begun;
 * what comes of each row is written down as it comes, and the outcome is appended when the host has ended.
 */
export async function runAnswers(
  ctx: VerbContext,
  input: z.output<typeof RunAnswersInput>,
): Promise<AnswersView> {
  const host = await findHost(ctx.db, input.host);
  const agent = await agentOf(ctx.db, host.id);
  const before = await answersOf(ctx.db, host.id);
  if (before.run && before.run.endedAt === null && !before.lost) throw busy(host, before.run);
  const intent = await recordIntent(ctx, host, input);
  const { rows, mails } = input;
  const stream = relaySubscription<AnswersEvent>(
    (observer) => agent.answers.run.subscribe({ rows, mails, by: actorName(ctx.actor) }, observer as never),
    undefined,
  );
  try {
    const first = await stream.next();
    if (first.done || first.value.type !== 'run') throw silent(host);
    await keep(ctx, host, { run: first.value.run, testing: null, intent });
    void follow(ctx, host, intent, first.value.run, stream);
  } catch (error) {
    await stream.return(undefined).catch(() => undefined);
    await recordOutcome(ctx, host, intent, 'failed', 'did not begin', {
      message: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
  return answersOf(ctx.db, host.id);
}

/** Never throws: nobody waits for it. */
async function follow(
  ctx: VerbContext,
  host: Host,
  intent: string,
  begun: AnswersRun,
  stream: AsyncGenerator<AnswersEvent>,
): Promise<void> {
  let run = begun;
  let lost = 'The connection to the host was lost.';
  try {
    for await (const event of stream) {
      if (event.type === 'answer') run = { ...run, answers: [...run.answers, event.answer] };
      if (event.type === 'ended') run = event.run;
      await keep(ctx, host, { run, testing: event.type === 'testing' ? event.row : null, intent });
      if (event.type === 'ended') break;
    }
  } catch (error) {
    lost = `The connection to the host was lost: ${error instanceof Error ? error.message : error}`;
  }
  try {
    if (run.endedAt === null) {
      run = { ...run, endedAt: new Date().toISOString(), cutShort: lost };
      await keep(ctx, host, { run, testing: null, intent });
    }
    const { pass, fail, skip } = countVerdicts(run.answers);
    const text = `${run.cutShort === null ? 'ended' : 'was cut short'}: ${pass} pass, ${fail} fail, ${skip} skip`;
    await recordOutcome(ctx, host, intent, run.cutShort === null ? 'applied' : 'failed', text, {
      pass,
      fail,
      skip,
      failed: run.answers.filter(({ verdict }) => verdict === 'fail').map(({ row }) => row),
      cutShort: run.cutShort,
    });
  } catch (error) {
    console.error(`the end of the answers on ${host.name} was not recorded:`, error);
  }
}

async function keep(
  ctx: VerbContext,
  host: Host,
  { run, testing, intent }: { run: AnswersRun; testing: string | null; intent: string },
): Promise<void> {
  const data = { run: run as never, testing, intent, heardAt: new Date() };
  await ctx.db.$transaction(async (tx) => {
    await tx.answersRunRow.upsert({
      where: { hostId: host.id },
      create: { hostId: host.id, ...data },
      update: data,
    });
    await notifyChanges(tx, [`answers/${host.id}`]);
  });
}

/** The intent alone: how it ends is appended when the host has ended. */
async function recordIntent(
  ctx: VerbContext,
  host: Host,
  input: z.output<typeof RunAnswersInput>,
): Promise<string> {
  const which = [...input.mails.map((mail) => `mail ${mail}`), ...input.rows];
  const change = await changeFleet(ctx, { kind: 'answers.run' }, async ({ event }) => ({
    object: { type: 'host' as const, id: host.id, name: host.name },
    host: { id: host.id, name: host.name },
    summary: `ran the answers on host ${host.name}${which.length > 0 ? `: ${which.join(', ')}` : ''}`,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  return change.object;
}

async function recordOutcome(
  ctx: VerbContext,
  host: Host,
  intent: string,
  outcome: 'applied' | 'failed',
  text: string,
  after: Record<string, unknown>,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind: 'answers.run',
      phase: 'outcome',
      outcome,
      intent,
      object: { type: 'host', id: host.id, name: host.name },
      host: { id: host.id, name: host.name },
      summary: `the answers on host ${host.name} ${text}`,
      after,
    });
    await notifyChanges(tx, ['audit', `answers/${host.id}`]);
  });
  await appendLeaves(ctx.db);
}

function busy(host: Host, run: AnswersRun): AppError {
  return new AppError('conflict', `The answers are being tested on ${host.name} already.`, {
    field: 'host',
    cause: `${run.by} asked for them at ${run.startedAt}; ${run.answers.length} of ${run.asked.length} rows are answered.`,
    fix: `Wait until that run has ended: cellblock answers ${host.name} follows none but its own; the page Answers of the host shows it.`,
  });
}

function silent(host: Host): AppError {
  return new AppError('unreachable', `Host ${host.name} did not begin.`, {
    field: 'host',
    cause: 'Its agent hung up before it said that it had begun, or is of a build without the answers.',
    fix: 'Compare the builds (cellblock host ls), and try again.',
  });
}

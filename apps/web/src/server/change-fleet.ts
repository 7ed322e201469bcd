import { actorName } from '@cellblock/shared/actor';
import { AppError } from '@cellblock/shared/app-error';
import type { AuditKind, ObjectRef } from '@cellblock/shared/audit-event';
import type {} from '@cellblock/shared/crash-points';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { appendLeaves } from './audit/append-leaves.ts';
import { newEventId } from './audit/event-id.ts';
import { recordEvent } from './audit/record-event.ts';
import type { Db, Tx } from './db.ts';
import { notifyChanges } from './fleet-topics.ts';
import { planOfChange } from './host-sync/plan-of-change.ts';
import { readTask } from './tasks/queries.ts';
import { supersedeTasks } from './tasks/supersede-tasks.ts';
import type { Want } from './tasks/want.ts';
import type { VerbContext } from './verb-context.ts';

export type Change<T> = { task: TaskView | null; object: T } | { plan: PlanView };

/** A host inside a change, at the generation that will carry it. */
export type ChangedHost = Awaited<ReturnType<typeof raiseGenerations>>[number];

/** What a verb's transaction is given. */
export interface Work {
  tx: Tx;
  /** the intent that is being recorded: the cause of every row that it changes */
  event: string;
  /** the database's clock */
  now: Date;
  by: string;
  /**
   * Locks hosts and raises their generations. Call it before touching rows of theirs: what is decided on a
   * host is decided one after the other, and a host's report waits for the same lock.
   */
  changeHosts: (ids: Iterable<string>) => Promise<Map<string, ChangedHost>>;
}

/** What a verb has decided, after it has written its rows. */
export interface Decision<T> {
  object: ObjectRef;
  host: { id: string; name: string } | null;
  /** after the actor's name: `assigned 10.0.0.5 to web1` */
  summary: string;
  before?: unknown;
  after?: unknown;
  reason?: string | null;
  /** empty: true as soon as it is written, no host has a part in it */
  wants: Want[];
  topics: string[];
  /** somebody appends the outcome when it is known: a command that was begun has not ended */
  outcomeLater?: boolean;
  warnings?: string[];
  /** addresses that are given by it */
  addresses?: string[];
  show: (db: Db) => Promise<T>;
}

class Preview extends Error {
  readonly plan: PlanView;

  constructor(plan: PlanView) {
    super('nothing was changed: this was a preview');
    this.plan = plan;
  }
}

/**
 * One change of one person: `decide` checks and writes rows, and the intent is recorded in the same
 * transaction. With `dryRun` the very same is done, the plan is made from the rows as they would be, and
 * all of it is rolled back.
 */
export async function changeFleet<T>(
  ctx: VerbContext,
  act: { kind: AuditKind; dryRun?: boolean; plan?: string | undefined },
  decide: (work: Work) => Promise<Decision<T>>,
): Promise<Change<T>> {
  const event = newEventId();
  const by = actorName(ctx.actor);
  try {
    const { decision, task } = await ctx.db.$transaction(async (tx) => {
      const [clock] = await tx.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
      const changed = new Map<string, ChangedHost>();
      globalThis.crashHere?.('dashboard began a change');
      const decision = await decide({
        tx,
        event,
        by,
        now: clock.now,
        changeHosts: async (ids) => {
          for (const host of await raiseGenerations(tx, ids, changed)) changed.set(host.id, host);
          return changed;
        },
      });
      globalThis.crashHere?.('dashboard decided a change');
      if (act.dryRun || act.plan !== undefined) {
        const plan = await planOfChange(tx, event, decision, changed);
        if (act.dryRun) throw new Preview(plan);
        if (plan.hash !== act.plan) throw movedOn(plan);
      }
      const task = await record(tx, ctx, act.kind, event, by, decision, [...changed.keys()]);
      globalThis.crashHere?.('dashboard recorded a change');
      return { decision, task };
    });
    globalThis.crashHere?.('dashboard committed a change');
    await appendLeaves(ctx.db);
    globalThis.crashHere?.('dashboard numbered a change');
    return {
      task: task === null ? null : await readTask(ctx.db, task),
      object: await decision.show(ctx.db),
    };
  } catch (error) {
    if (error instanceof Preview) return { plan: error.plan };
    throw refusalOfDatabase(error);
  }
}

async function record<T>(
  tx: Tx,
  ctx: VerbContext,
  kind: AuditKind,
  event: string,
  by: string,
  decision: Decision<T>,
  hosts: string[],
): Promise<number | null> {
  const { object, host, wants } = decision;
  await recordEvent(tx, ctx, {
    ...decision,
    id: event,
    kind,
    phase: 'intent',
    summary: `${by} ${decision.summary}`,
    about: aboutOf(decision),
  });
  globalThis.crashHere?.('dashboard recorded an intent');
  const topics = [...decision.topics, 'audit', ...hosts.flatMap((id) => [`host/${id}`, `spec/${id}`])];
  if (wants.length === 0 && decision.outcomeLater) {
    await notifyChanges(tx, topics);
    return null;
  }
  if (wants.length === 0) {
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind,
      phase: 'outcome',
      outcome: 'applied',
      intent: event,
      object,
      host,
      summary: `${by} ${decision.summary}: done`,
    });
    await notifyChanges(tx, topics);
    return null;
  }
  topics.push(...(await supersedeTasks(tx, ctx, event, wants)));
  const task = await tx.task.create({
    data: {
      event,
      kind,
      objectType: object.type,
      objectId: object.id,
      objectName: object.name,
      hostId: host?.id ?? null,
      hostName: host?.name ?? null,
      hosts,
      by,
      wants,
    },
  });
  await notifyChanges(tx, [...topics, `task/T-${task.id}`]);
  return task.id;
}

/** What an event touches beside its object, from the topics of what it changes. */
function aboutOf(decision: { object: ObjectRef; topics: string[] }): string[] {
  const ids = decision.topics.map((topic) => topic.slice(topic.indexOf('/') + 1));
  return [...new Set(ids)].filter((id) => id !== decision.object.id);
}

async function raiseGenerations(tx: Tx, ids: Iterable<string>, already: ReadonlyMap<string, unknown>) {
  const hosts = [];
  // In the order of their ids: two changes that need the same two hosts never wait for each other.
  for (const id of [...new Set(ids)].sort()) {
    if (already.has(id)) continue;
    hosts.push(await tx.host.update({ where: { id }, data: { generation: { increment: 1 } } }));
  }
  return hosts;
}

function movedOn(plan: PlanView): AppError {
  return new AppError('conflict', 'The plan that was approved no longer holds: something moved since.', {
    field: 'plan',
    cause: 'The host reported something new, or somebody changed the same objects.',
    fix: 'Look at the new plan and approve that.',
    evidence: { plan },
  });
}

/** The database has the last word when two got past the same check; what it says becomes a refusal. */
function refusalOfDatabase(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : '';
  const taken = CONSTRAINTS.find(([name]) => text.includes(name));
  if (!taken) return error;
  return new AppError('conflict', taken[1], {
    field: taken[2],
    cause: 'Somebody else was faster.',
    fix: taken[3],
  });
}

const CONSTRAINTS: [constraint: string, message: string, field: string, fix: string][] = [
  [
    'no_address_is_held_twice',
    'Somebody else was given this address at the same moment.',
    'address',
    'Ask again: the next free one is chosen anew.',
  ],
  [
    'subnets_never_overlap',
    'Another network has a part of this subnet.',
    'subnets',
    'Choose another subnet.',
  ],
  ['pools_never_overlap', 'Another pool has a part of this range.', 'first', 'Choose another range.'],
  ['jail_name', 'A jail of this name exists.', 'name', 'Choose another name.'],
  ['network_name', 'A network of this name exists.', 'name', 'Choose another name.'],
  ['pool_name', 'A pool of this name exists.', 'name', 'Choose another name.'],
];

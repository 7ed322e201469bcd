import { actorName } from '@cellblock/shared/actor';
import { ObjectRef } from '@cellblock/shared/audit-event';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { actorId } from '../audit/record-event.ts';
import type { Db } from '../db.ts';
import { ATTENTION_RULES } from '../fleet/attention-rules.ts';
import { taskViews } from '../tasks/queries.ts';
import type { VerbContext } from '../verb-context.ts';

type Asker = Pick<VerbContext, 'db' | 'actor'>;

/** Something that needs or needed attention, or an own task that ended. */
export interface NoticeView {
  /** `notice/KEY`, `task/T-1`: what `done` is said about */
  subject: string;
  severity: 'bad' | 'warn' | 'unknown' | 'ok' | 'info';
  object: ObjectRef;
  text: string;
  fix: string | null;
  /** the rule behind it */
  why: string;
  at: string;
  clearedAt: string | null;
  /** how often it came */
  times: number;
  /** the caller has put it aside */
  done: boolean;
  task: TaskView | null;
}

export interface NoticePage {
  alerts: NoticeView[];
  mine: NoticeView[];
  /** open and not put aside: the number at the bell */
  counts: { alerts: number; mine: number };
  /** worst of what is open and not put aside */
  worst: 'bad' | 'warn' | 'unknown' | null;
}

const MINE_FOR_MS = 7 * 24 * 3_600_000;
const LIMIT = 200;
const WORST = ['bad', 'warn', 'unknown'] as const;

/** What the whole fleet should look at, and how the caller's own tasks ended; newest first. */
export async function listNotices(ctx: Asker): Promise<NoticePage> {
  const { db } = ctx;
  const done = await doneMarks(db, actorId(ctx.actor));
  const rows = await db.notice.findMany({
    orderBy: [{ clearedAt: { sort: 'asc', nulls: 'first' } }, { openedAt: 'desc' }],
    take: LIMIT,
  });
  const alerts = rows.map((row): NoticeView => {
    const subject = `notice/${row.key}`;
    return {
      subject,
      severity: row.severity as NoticeView['severity'],
      object: ObjectRef.parse({ type: row.objectType, id: row.objectId, name: row.objectName }),
      text: row.text,
      fix: row.fix,
      why: ATTENTION_RULES[row.rule as keyof typeof ATTENTION_RULES] ?? row.rule,
      at: row.since.toISOString(),
      clearedAt: row.clearedAt?.toISOString() ?? null,
      times: row.times,
      // What opened again after it was put aside is there again.
      done: (done.get(subject)?.getTime() ?? 0) >= row.openedAt.getTime(),
      task: null,
    };
  });
  const mine = (await endedTasks(ctx)).map((task) => noticeOfTask(task, done));
  const openAlerts = alerts.filter((each) => each.clearedAt === null && !each.done);
  const openMine = mine.filter((each) => each.severity === 'bad' && !each.done);
  return {
    alerts,
    mine,
    counts: { alerts: openAlerts.length, mine: openMine.length },
    worst:
      WORST.find((each) => [...openAlerts, ...openMine].some(({ severity }) => severity === each)) ?? null,
  };
}

async function doneMarks(db: Db, actor: string): Promise<Map<string, Date>> {
  const rows = await db.noticeDone.findMany({ where: { actorId: actor } });
  return new Map(rows.map(({ subject, at }) => [subject, at]));
}

async function endedTasks({ db, actor }: Asker): Promise<TaskView[]> {
  const rows = await db.task.findMany({
    where: { by: actorName(actor), endedAt: { gt: new Date(Date.now() - MINE_FOR_MS) } },
    orderBy: { endedAt: 'desc' },
    take: LIMIT,
  });
  return await taskViews(db, rows);
}

const ENDS: Partial<Record<TaskView['state'], NoticeView['severity']>> = {
  applied: 'ok',
  failed: 'bad',
  refused: 'bad',
};

function noticeOfTask(task: TaskView, done: ReadonlyMap<string, Date>): NoticeView {
  const subject = `task/${task.id}`;
  return {
    subject,
    severity: ENDS[task.state] ?? 'info',
    object: task.object,
    text: task.message ?? '',
    fix: task.refusal?.fix ?? null,
    why: 'You began it; this is how it ended.',
    at: task.endedAt ?? task.createdAt,
    clearedAt: null,
    times: 1,
    done: done.has(subject),
    task,
  };
}

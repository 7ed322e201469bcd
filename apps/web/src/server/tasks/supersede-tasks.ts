import { newEventId } from '../audit/event-id.ts';
import { type Author, recordEvent } from '../audit/record-event.ts';
import type { Tx } from '../db.ts';
import { Want, wantKey } from './want.ts';

/**
 * Ends open tasks that want of an object what is no longer wanted, since a newer intent wants something
 * else of it. Answers the topics of what changed.
 */
export async function supersedeTasks(
  tx: Tx,
  author: Author,
  event: string,
  wants: readonly Want[],
): Promise<string[]> {
  const keys = new Set(wants.filter((want) => !isConfiguration(want)).map(wantKey));
  if (keys.size === 0) return [];
  const open = await tx.task.findMany({ where: { state: { in: ['wanted', 'accepted'] } } });
  const topics: string[] = [];
  for (const task of open) {
    const overtaken = Want.array()
      .parse(task.wants)
      .some((want) => !isConfiguration(want) && keys.has(wantKey(want)));
    if (!overtaken || task.event === event) continue;
    await tx.task.update({
      where: { id: task.id },
      data: {
        state: 'superseded',
        endedAt: new Date(),
        message: 'A newer change of the same object overtook it.',
      },
    });
    const object = { type: task.objectType, id: task.objectId, name: task.objectName } as Parameters<
      typeof recordEvent
    >[2]['object'];
    await recordEvent(tx, author, {
      id: newEventId(),
      kind: task.kind as Parameters<typeof recordEvent>[2]['kind'],
      phase: 'outcome',
      outcome: 'superseded',
      intent: task.event,
      object,
      host: task.hostId ? { id: task.hostId, name: task.hostName ?? '' } : null,
      summary: `T-${task.id} was overtaken by a newer change of ${task.objectName}`,
      after: { by: event },
    });
    topics.push(`task/T-${task.id}`);
  }
  return topics;
}

/** Configurations do not contradict each other or a start: the newest settings hold for all. */
function isConfiguration(want: Want): boolean {
  return want.type === 'jail' && want.want === 'configured';
}

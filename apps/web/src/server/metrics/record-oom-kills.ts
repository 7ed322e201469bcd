import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import type { Tx } from '../db.ts';

/** How many of a jail's processes the kernel has killed for memory since the report before. The count begins with the
 *  jail's control group: a smaller one began anew. */
export function newKills(before: number | null | undefined, now: number | null | undefined): number {
  if (now == null) return 0;
  return before != null && before <= now ? now - before : now;
}

/** Writes into a jail's history that the kernel killed processes of it because its memory was full. */
export async function recordOomKills(
  tx: Tx,
  host: { id: string; name: string },
  jail: { id: string; name: string },
  kills: number,
  memory: number | null,
): Promise<void> {
  const id = newEventId();
  const author = {
    actor: { type: 'host' as const, ...host },
    session: null,
    sourceAddress: null,
    requestId: '',
  };
  const about = { kind: 'jail.oom' as const, object: { type: 'jail' as const, ...jail }, host };
  const times = kills === 1 ? 'once' : `${kills} times`;
  const summary = `OOM kill in jail ${jail.name}, ${times}`;
  await recordEvent(tx, author, { ...about, id, phase: 'intent', summary, after: { kills, memory } });
  await recordEvent(tx, author, {
    ...about,
    id: newEventId(),
    phase: 'outcome',
    outcome: 'applied',
    intent: id,
    summary: `${summary}: done by the kernel`,
  });
}

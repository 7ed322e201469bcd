import { AppError } from '@cellblock/shared/app-error';
import type { AuditKind } from '@cellblock/shared/audit-event';
import type { Hindrance, JailFacts } from '@cellblock/shared/jail-can';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { type Change, type ChangedHost, changeFleet, type Decision, type Work } from '../change-fleet.ts';
import { type FoundJail, findJail } from '../find-object.ts';
import type { VerbContext } from '../verb-context.ts';
import { readJail } from './queries.ts';

/** What start, stop and their like have in common: find, ask whether it can be done, write, want. */
export async function actOnJail(
  ctx: VerbContext,
  input: { jail: string; dryRun?: boolean | undefined },
  act: {
    kind: AuditKind;
    can: (jail: JailFacts) => Hindrance;
    /** `started web1` */
    done: (name: string) => string;
    change: (work: Work, jail: FoundJail, host: ChangedHost) => Promise<Partial<Decision<JailView>>>;
  },
): Promise<Change<JailView>> {
  return await changeFleet(ctx, { kind: act.kind, dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const found = await findJail(tx, input.jail);
    const host = (await work.changeHosts([found.hostId])).get(found.hostId);
    if (!host) throw new Error(`host of ${found.name} was not locked`);
    const jail = await findJail(tx, found.id);
    const hindrance = act.can(await readJail(tx, jail.id));
    if (hindrance) {
      throw new AppError('conflict', hindrance.message, {
        field: 'jail',
        cause: `It is wanted ${jail.wanted}, and its host reports what it reports.`,
        fix: hindrance.fix,
      });
    }
    const decided = await act.change(work, jail, host);
    return {
      object: { type: 'jail', id: jail.id, name: jail.name },
      host,
      summary: act.done(jail.name),
      wants: [],
      show: (db) => readJail(db, jail.id),
      ...decided,
      topics: [`jail/${jail.id}`, ...(decided.topics ?? [])],
    };
  });
}

/** Writes what is wanted of a jail and answers the want that its task waits for. */
export async function wantJail(
  work: Work,
  jail: FoundJail,
  host: ChangedHost,
  want: {
    state: 'running' | 'stopped' | 'destroyed';
    startNumber?: number;
    purge?: boolean;
    destroyedAt?: Date | null;
  },
): Promise<Decision<JailView>['wants']> {
  const startNumber = want.startNumber ?? jail.startNumber;
  await work.tx.jail.update({
    where: { id: jail.id },
    data: {
      wanted: want.state,
      startNumber,
      purge: want.purge ?? false,
      destroyedAt: want.destroyedAt ?? null,
      cause: work.event,
      generation: host.generation,
    },
  });
  return [
    {
      type: 'jail',
      id: jail.id,
      want: want.state,
      startNumber,
      host: host.id,
      generation: host.generation,
      was: { state: jail.wanted as 'running' | 'stopped' | 'destroyed', startNumber: jail.startNumber },
    },
  ];
}

/** Never a number that a host was told before, even when that was taken back before it answered. */
export function nextStart(jail: FoundJail): number {
  const seen = (jail.seen as { startNumber?: number } | null)?.startNumber ?? 0;
  return Math.max(jail.startNumber, seen) + 1;
}

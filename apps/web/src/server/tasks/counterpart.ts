import { AppError } from '@cellblock/shared/app-error';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { type CancelAct, cancelMeaning, settingsToBringBack } from '@cellblock/shared/task-cancel';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { keepAddress } from '../ip-assignments/keep-address.ts';
import { moveIp } from '../ip-assignments/move-ip.ts';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { configureJail } from '../jails/configure-jail.ts';
import { destroyJail } from '../jails/destroy-jail.ts';
import { restoreJail } from '../jails/restore-jail.ts';
import { startJail } from '../jails/start-jail.ts';
import { stopJail } from '../jails/stop-jail.ts';
import { wantAsBefore } from '../jails/want-as-before.ts';
import { removeNetwork } from '../networks/remove-network.ts';
import type { VerbContext } from '../verb-context.ts';
import { Want } from './want.ts';

/** A change of its own that brings things back; with `dryRun` it only says whether it could be made. */
export interface Counterpart {
  text: string;
  run: (o: { dryRun: boolean }) => Promise<unknown>;
}

/** What brings things back to where they were; throws for a change that cannot be taken back. */
export async function counterpart(ctx: VerbContext, task: TaskView): Promise<Counterpart> {
  const { db } = ctx;
  const row = await db.task.findUniqueOrThrow({ where: { event: task.event.id } });
  const wants = Want.array().parse(row.wants);
  const jailWant = wants.find((want) => want.type === 'jail');
  const was = jailWant?.was ?? null;
  const jail = jailWant && (await db.jail.findUnique({ where: { id: jailWant.id } }));
  const settings =
    jail && jailWant.change
      ? settingsToBringBack<JailSettings>(jailWant.change, JailSettings.parse(jail.settings))
      : {};
  // Of a move the first want is that the old holder loses it.
  const held = await assignmentOf(db, wants);
  const meaning = cancelMeaning({
    kind: task.kind,
    name: task.object.name,
    accepted: task.state === 'accepted',
    was,
    purge: jail?.purge ?? false,
    from: held && { jail: held.jailName, gone: held.seenGone !== null },
    settings: Object.keys(settings),
  });
  if (!meaning.can) {
    const { reason, ...more } = meaning;
    throw new AppError('conflict', reason, { field: 'task', cause: more.cause, fix: more.fix });
  }

  const it = { jail: task.object.id };
  const address = { jail: held?.jailId ?? '', address: held?.address ?? '' };
  const before = was ?? { state: 'stopped' as const, startNumber: 0 };
  const acts: Record<CancelAct, Counterpart['run']> = {
    purge: (o) => destroyJail(ctx, { ...it, ...o, purge: true }),
    'as-before': (o) => wantAsBefore(ctx, { ...it, ...o }, before),
    start: (o) => startJail(ctx, { ...it, ...o }),
    stop: (o) => stopJail(ctx, { ...it, ...o }),
    destroy: (o) => destroyJail(ctx, { ...it, ...o }),
    restore: (o) => restoreJail(ctx, { ...it, ...o }, before),
    'restore-and-start': (o) =>
      restoreJail(ctx, { ...it, ...o }, { ...before, startNumber: before.startNumber + 1 }),
    'settings-back': (o) => configureJail(ctx, { ...it, ...o, settings }),
    release: (o) => releaseIp(ctx, { ...address, ...o }),
    'keep-address': (o) => keepAddress(ctx, { assignment: held?.id ?? '', ...o }),
    'move-back': (o) => moveIp(ctx, { ...address, ...o }),
    'remove-network': (o) => removeNetwork(ctx, { network: task.object.id, ...o }),
  };
  return { text: meaning.text, run: acts[meaning.act] };
}

async function assignmentOf(db: VerbContext['db'], wants: readonly Want[]) {
  const want =
    wants.find((each) => each.type === 'address' && each.want === 'absent') ??
    wants.find((each) => each.type === 'address');
  return want ? await db.ipAssignment.findUnique({ where: { id: want.id } }) : null;
}

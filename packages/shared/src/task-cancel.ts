import type { AuditKind } from './audit-event.ts';

/** What is known of an open task when somebody wants it canceled. */
export interface CancelFacts {
  kind: AuditKind;
  /** name of its object */
  name: string;
  /** its host has said that it accepted it: it may have begun */
  accepted: boolean;
  /** what was wanted of its jail before */
  was: { state: 'running' | 'stopped' | 'destroyed' } | null;
  /** nothing of the jail is to be kept */
  purge: boolean;
  /** of a move: who had the address, and whether that host has confirmed that it is gone there */
  from: { jail: string; gone: boolean } | null;
  /** settings that are still as the task set them */
  settings: readonly string[];
}

/** What canceling does: a change of its own, since its host may have begun. */
export type CancelMeaning =
  | { can: true; act: CancelAct; text: string }
  | { can: false; reason: string; cause: string; fix: string };

export type CancelAct =
  /** the jail goes for good · it is wanted as before, as if nobody had asked · it is started · stopped · destroyed */
  | 'purge'
  | 'as-before'
  | 'start'
  | 'stop'
  | 'destroy'
  /** out of quarantine, as it was before · and started */
  | 'restore'
  | 'restore-and-start'
  | 'settings-back'
  | 'release'
  | 'keep-address'
  | 'move-back'
  | 'remove-network';

/** Canceling brings things back to where they were; what cannot be brought back is not canceled. */
export function cancelMeaning(task: CancelFacts): CancelMeaning {
  const { kind, name, accepted, was, from } = task;
  const ran = was?.state === 'running';
  switch (kind) {
    case 'jail.create':
      return { can: true, act: 'purge', text: 'the jail is purged' };
    case 'jail.start':
      if (ran && !accepted) return asBefore('the jail is not started again');
      return { can: true, act: 'stop', text: 'the jail is stopped' };
    case 'jail.restart':
      if (!accepted) return asBefore('the jail is not started anew');
      return no(`${name} is being started anew.`, 'Its host has begun.', `Let it end: it runs then.`);
    case 'jail.stop':
      if (!ran || accepted) return { can: true, act: 'start', text: 'the jail is started' };
      return asBefore('the jail goes on running; if its host has stopped it already, start it');
    case 'jail.destroy':
      if (task.purge) {
        const cause =
          'Its host may have begun to remove its storage, and what is removed cannot be brought back.';
        return no(`The purge of ${name} cannot be taken back.`, cause, 'Make another jail when it is gone.');
      }
      if (!ran) return { can: true, act: 'restore', text: 'the jail is restored with its addresses' };
      return {
        can: true,
        act: accepted ? 'restore-and-start' : 'restore',
        text: accepted
          ? 'the jail is restored with its addresses and started'
          : 'the jail keeps its addresses and goes on running; if its host has stopped it already, start it',
      };
    case 'jail.restore':
      return { can: true, act: 'destroy', text: 'the jail stays destroyed; restore still works' };
    case 'jail.configure':
      if (task.settings.length > 0)
        return { can: true, act: 'settings-back', text: `${task.settings.join(', ')} as before` };
      return no(
        `What it set of ${name} is not what is wanted any more.`,
        'Later changes set it anew.',
        'Look at the settings, and change them again.',
      );
    case 'ip.assign':
      return { can: true, act: 'release', text: 'the address is released' };
    case 'ip.release':
      return { can: true, act: 'keep-address', text: 'the jail keeps the address' };
    case 'ip.move':
      if (from && !from.gone)
        return { can: true, act: 'keep-address', text: `${from.jail} keeps the address` };
      if (from) return { can: true, act: 'move-back', text: `the address is moved back to ${from.jail}` };
      break;
    case 'network.create':
      return { can: true, act: 'remove-network', text: 'the network is removed' };
    case 'network.remove':
      return no(
        `The removal of network ${name} cannot be taken back.`,
        'Its pools are gone, and its name and subnets are free for others.',
        'Make it anew when it is gone: cellblock network create',
      );
  }
  return no(
    `${kind} of ${name} cannot be taken back half done.`,
    'Its host may have begun, and what it removed is gone.',
    `Let it end, then change ${name} again.`,
  );
}

const asBefore = (text: string): CancelMeaning => ({ can: true, act: 'as-before', text });

const no = (reason: string, cause: string, fix: string): CancelMeaning => ({
  can: false,
  reason,
  cause,
  fix,
});

/** The settings of `before` that a change of them would bring back: those that nobody has set since. */
export function settingsToBringBack<Settings extends object>(
  change: { before: Partial<Settings>; after: Partial<Settings> },
  now: Settings,
): Partial<Settings> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const fields = Object.keys(change.after) as (keyof Settings)[];
  return Object.fromEntries(
    fields
      .filter((field) => same(now[field], change.after[field]))
      .map((field) => [field, change.before[field]]),
  ) as Partial<Settings>;
}

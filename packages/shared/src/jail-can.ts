/** What these predicates ask of a jail; JailSummary and JailView have it. */
export interface JailFacts {
  name: string;
  wanted: { state: 'running' | 'stopped' | 'destroyed' };
  /** absent in lists: not purged */
  restorableUntil?: string | null;
  /** the host's word for its process, where it has one */
  state: string;
}

/** null: it can be done. Else why not, and what to do: for the button's tooltip and the server's refusal. */
export type Hindrance = { message: string; fix: string } | null;

function destroyed(jail: JailFacts): Hindrance {
  if (jail.wanted.state !== 'destroyed') return null;
  return {
    message: `${jail.name} is destroyed.`,
    fix: `Bring it back first: cellblock restore ${jail.name}`,
  };
}

/** Button and server ask the same question. */
export const jailCan = {
  start(jail: JailFacts): Hindrance {
    const up = jail.wanted.state === 'running' && ['running', 'starting', 'wanted'].includes(jail.state);
    if (!up) return destroyed(jail);
    return {
      message: `${jail.name} is ${jail.state === 'running' ? 'running' : 'on its way up'} already.`,
      fix: `To start it anew: cellblock restart ${jail.name}`,
    };
  },
  stop(jail: JailFacts): Hindrance {
    if (jail.wanted.state !== 'stopped') return destroyed(jail);
    return { message: `${jail.name} is to be stopped already.`, fix: 'Nothing is to be done.' };
  },
  restart: destroyed,
  configure: destroyed,
  assign: destroyed,
  console(jail: JailFacts): Hindrance {
    if (jail.state === 'running') return null;
    return { message: `${jail.name} is not running.`, fix: `Start it: cellblock start ${jail.name}` };
  },
  destroy(jail: JailFacts): Hindrance {
    if (jail.wanted.state !== 'destroyed') return null;
    return {
      message: `${jail.name} is destroyed already.`,
      fix: `To purge what is kept of it: cellblock destroy ${jail.name} --purge`,
    };
  },
  purge(jail: JailFacts): Hindrance {
    if (jail.wanted.state !== 'destroyed' || jail.restorableUntil !== null) return null;
    return { message: `${jail.name} is being purged.`, fix: 'Wait for its host.' };
  },
  restore(jail: JailFacts): Hindrance {
    if (jail.wanted.state !== 'destroyed')
      return { message: `${jail.name} is not destroyed.`, fix: 'Nothing is to be done.' };
    if (jail.restorableUntil !== null) return null;
    return {
      message: `${jail.name} is purged: nothing of it is kept.`,
      fix: 'Make another: cellblock create',
    };
  },
} as const;

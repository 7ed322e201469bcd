import type { VerbContext } from '../verb-context.ts';
import { findRunning, openSession } from './exec-in-jail.ts';

const LOST = {
  keeper: 'its keeper has ended',
  listeners: 'more look at it than its keeper takes',
  terminal: 'it took no more input',
};

/** Takes the keyboard of a jail's console, recorded before. Answers a session as that of a command. */
export async function openConsole(
  ctx: VerbContext,
  { jail: wanted, rows, columns }: { jail: string; rows: number; columns: number },
): Promise<{ session: string }> {
  const jail = await findRunning(ctx, wanted, 'A console');
  const what = `the console of ${jail.name}`;
  return openSession(ctx, jail, {
    kind: 'jail.console',
    begins: `opened ${what}`,
    after: { rows, columns },
    ended: ({ lost }, left) => {
      if (left) return `${what} was left`;
      return lost ? `${what} was lost, and its jail ran on: ${LOST[lost]}` : `${what} ended with its jail`;
    },
    abandoned: (gone, left) => {
      if (left) return `${what} was left, and its host has not said so`;
      return gone === 'host'
        ? `${what} was cut off: the way to its host ended`
        : `${what} was left: nobody read what it wrote any more`;
    },
    notBegun: `${what} was not opened`,
    open: (agent, cause) => agent.jail.consoleOpen.mutate({ jail: jail.id, rows, columns, cause }),
  });
}

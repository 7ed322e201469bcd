import type { VerbContext } from '../verb-context.ts';
import { findRunning, openSession } from './exec-in-jail.ts';

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
    ended: (_, left) => (left ? `${what} was left` : `${what} ended with its jail`),
    abandoned: `${what} was left: nobody read what it wrote any more`,
    notBegun: `${what} was not opened`,
    open: (agent, cause) => agent.jail.consoleOpen.mutate({ jail: jail.id, rows, columns, cause }),
  });
}

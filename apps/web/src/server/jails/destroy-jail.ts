import { jailCan } from '@cellblock/shared/jail-can';
import type { DestroyJailInput } from '@cellblock/shared/jail-input';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, wantJail } from './act-on-jail.ts';

/**
 * Stops a jail, takes its addresses back and keeps its storage for the time of quarantine; with `purge`
 * nothing is kept. A `dir:` root is never deleted.
 */
export function destroyJail(ctx: VerbContext, input: DestroyJailInput) {
  const purge = input.purge ?? false;
  return actOnJail(ctx, input, {
    kind: 'jail.destroy',
    can: (jail) => (purge && jail.wanted.state === 'destroyed' ? jailCan.purge(jail) : jailCan.destroy(jail)),
    done: (name) => `${purge ? 'purged' : 'destroyed'} ${name}`,
    change: async (work, jail, host) => {
      const held = await work.tx.ipAssignment.findMany({
        where: { jailId: jail.id, seenGone: null, wantedUntil: null },
      });
      await work.tx.ipAssignment.updateMany({
        where: { id: { in: held.map(({ id }) => id) } },
        data: {
          wantedUntil: work.now,
          releaseEvent: work.event,
          releasedBy: work.by,
          releaseGeneration: host.generation,
        },
      });
      const wants = await wantJail(work, jail, host, {
        state: 'destroyed',
        purge,
        destroyedAt: jail.destroyedAt ?? work.now,
      });
      return {
        before: { wanted: jail.wanted, addresses: held.map(({ address }) => address) },
        after: { wanted: 'destroyed', purge },
        wants: [...wants, ...held.map(({ id }) => ({ type: 'address', id, want: 'absent' }) as const)],
        topics: held.map(({ address }) => `address/${address}`),
        warnings:
          purge && (jail.settings as { root?: { kind?: string } }).root?.kind !== 'dir'
            ? [`Nothing of ${jail.name} is kept.`]
            : [],
      };
    },
  });
}

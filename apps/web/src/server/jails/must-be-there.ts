import { AppError } from '@cellblock/shared/app-error';
import type { FoundJail } from '../find-object.ts';

/** Refuses what cannot be done to a jail that is destroyed or gone. */
export function mustBeThere(
  jail: Pick<FoundJail, 'name' | 'wanted' | 'purge' | 'goneAt'>,
  field = 'jail',
): void {
  if (jail.wanted !== 'destroyed') return;
  const restorable = !jail.purge && jail.goneAt === null;
  throw new AppError('conflict', `Jail ${jail.name} is destroyed.`, {
    field,
    cause: restorable ? 'It is in quarantine until it is purged.' : 'It is purged: nothing of it is kept.',
    fix: restorable ? `Bring it back: cellblock restore ${jail.name}` : 'Make another: cellblock create NAME',
  });
}

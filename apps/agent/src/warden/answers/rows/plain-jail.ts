import type { Profile } from '@cellblock/shared/profile';
import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';

/** A daemon on the host's own /usr, shared by all rows that need no more and change nothing that others see. */
export function plainJail(stage: Stage): Promise<StageJail> {
  return stage.once('plain jail', () => stage.jail());
}

/** A jail of a profile on the host's own /usr, shared in the same way. */
export function jailOfProfile(stage: Stage, profile: Profile): Promise<StageJail> {
  if (profile === 'daemon') return plainJail(stage);
  return stage.once(`a jail with the profile ${profile}`, () => stage.jail({ profile }));
}

/** Another such, for what one jail tries on another. */
export function otherPlainJail(stage: Stage): Promise<StageJail> {
  return stage.once('other plain jail', () => stage.jail());
}

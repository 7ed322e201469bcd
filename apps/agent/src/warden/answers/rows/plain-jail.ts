import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';

/** A daemon on the host's own /usr, shared by all rows that need no more and change nothing that others see. */
export function plainJail(stage: Stage): Promise<StageJail> {
  return stage.once('plain jail', () => stage.jail());
}

/** Another such, for what one jail tries on another. */
export function otherPlainJail(stage: Stage): Promise<StageJail> {
  return stage.once('other plain jail', () => stage.jail());
}

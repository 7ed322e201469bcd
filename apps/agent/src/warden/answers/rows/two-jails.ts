import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { plainJail } from './plain-jail.ts';

/** The plain jail and a neighbour that is like it in everything. */
export async function twoJails(stage: Stage): Promise<[StageJail, StageJail]> {
  return [await plainJail(stage), await stage.once('its neighbour', () => stage.jail())];
}

/** A user of the host who owns nothing: no account has this id. */
export const NOBODYS_ID = 64_997;

/** Shell words that run the program that follows as that user. */
export const AS_NOBODY = `setpriv --reuid=${NOBODYS_ID} --regid=${NOBODYS_ID} --clear-groups`;

/** Shell words that run what follows as that user, without a capability: they go when the shell is executed. */
export const AS_USER = `${AS_NOBODY} /bin/sh -c`;

/** Shell words that run what follows in a jail's user namespace alone: as its root, with all capabilities there,
 *  without filter, in the host's mounts. */
export function asRootOf(jail: StageJail): string {
  return `nsenter --target ${jail.pid} --user --setuid 0 --setgid 0`;
}

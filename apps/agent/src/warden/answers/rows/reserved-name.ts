import { RESERVED_PLACE } from '@cellblock/shared/own-mounts';
import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { found, type StageRow } from '../row.ts';
import { onView, viewJail } from './view-jail.ts';

const TRIES = [
  `mkdir ${RESERVED_PLACE}`,
  `mkdir ${RESERVED_PLACE}/in`,
  `touch ${RESERVED_PLACE}/in`,
  `ln -sT /dir1 ${RESERVED_PLACE}`,
  `mkdir -p /dir1/d && mv -T /dir1/d ${RESERVED_PLACE}`,
  `mkdir -p /own && mv -T /own ${RESERVED_PLACE}`,
  `mv -T ${RESERVED_PLACE} /away`,
  `rmdir ${RESERVED_PLACE}`,
  `umount ${RESERVED_PLACE}`,
  `umount -l ${RESERVED_PLACE}`,
  `mount -t tmpfs none ${RESERVED_PLACE}`,
  `chmod 777 ${RESERVED_PLACE}`,
];

/** Nobody makes a name of dots alone at a jail's root, nor takes the one that is there. */
export const reservedName: StageRow = {
  id: 'C30',
  async answer(stage) {
    const { jail } = await viewJail(stage);
    const readOnly = await tryAll(jail);
    const writable = await tryAll(await onWritableRoot(stage));
    const own = await stage.apart(
      `m=$(mktemp -d -p ${stage.directory}); mount -t tmpfs none $m && mkdir $m/... && ls -A $m`,
    );
    return {
      probe: found(
        readOnly.held && writable.held && writable.couldWrite && !readOnly.couldWrite,
        `${TRIES.join('; ')}: on a read-only root ${readOnly.told}; on a writable one, in profile system, ${writable.told}`,
      ),
      control: found(
        own.stdout.trim() === '...',
        'the kernel itself lets anybody make it in a writable root',
      ),
    };
  },
};

/** A distribution's profile, on a directory of the host that it may write everywhere. */
async function onWritableRoot(stage: Stage): Promise<StageJail> {
  const path = await stage.source('writable-root');
  return stage.jail(onView([], { root: { kind: 'dir', path }, readOnly: false, profile: 'system' }));
}

/** Judged by what is there afterwards: the same empty directory, under its name. */
async function tryAll(jail: StageJail): Promise<{ held: boolean; couldWrite: boolean; told: string }> {
  const look = `stat -c %d:%i ${RESERVED_PLACE}; ls -A ${RESERVED_PLACE} | wc -l; ls -d /away`;
  const before = await jail.sh(look);
  const tried = await jail.sh(`for try in ${TRIES.map((each) => `'${each}'`).join(' ')}; do
    (eval "$try") >/dev/null 2>&1 && echo "$try"; done; test -w / && echo writable`);
  const after = await jail.sh(look);
  const worked = tried.stdout.split('\n').filter((line) => line !== '' && line !== 'writable');
  return {
    held: worked.length === 0 && after.stdout === before.stdout && /^\d+:\d+\n0\n$/.test(before.stdout),
    couldWrite: /^writable$/m.test(tried.stdout),
    told:
      worked.length > 0
        ? `${worked.join('; ')} worked`
        : 'each is refused, and it is the same empty directory',
  };
}

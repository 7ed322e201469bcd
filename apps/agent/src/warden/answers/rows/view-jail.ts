import { lstatSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { USR_LINKS } from '@cellblock/shared/own-mounts';
import { bind, type Stage } from '../../stage/stage.ts';
import type { StageJail, StageSettings } from '../../stage/stage-jail.ts';

export interface ViewJail {
  jail: StageJail;
  /** on the host: shown at /dir1, writable */
  dir1: string;
  /** on the host: shown at /dir2, read only */
  dir2: string;
}

/** The jail that mail M describes: a read-only root, dir1 writable and dir2 read only, from elsewhere. */
export function viewJail(stage: Stage): Promise<ViewJail> {
  return stage.once('view jail', async () => {
    const dir1 = await source(stage, 'dir1');
    const dir2 = await source(stage, 'dir2');
    const jail = await stage.jail(
      onView([bind(dir1, '/dir1', { readOnly: false }), bind(dir2, '/dir2')], { profile: 'daemon' }),
    );
    return { jail, dir1, dir2 };
  });
}

/** A second jail with the same dir2, there writable: what holds for one copy holds for that copy. */
export function otherViewJail(stage: Stage): Promise<StageJail> {
  return stage.once('other view jail', async () => {
    const { dir2 } = await viewJail(stage);
    return stage.jail(onView([bind(dir2, '/dir2', { readOnly: false })], { profile: 'daemon' }));
  });
}

/** A whole distribution's profile on the same view: it may mount, within its own tree. */
export function systemViewJail(stage: Stage): Promise<StageJail> {
  return stage.once('system view jail', async () => {
    const { dir1, dir2 } = await viewJail(stage);
    return stage.jail(
      onView([bind(dir1, '/dir1', { readOnly: false }), bind(dir2, '/dir2')], { profile: 'system' }),
    );
  });
}

/** A root of the view alone needs a program of its own. */
const IDLE = ['/usr/bin/sleep', 'infinity'];

/** A root that is nothing but a view: the host's programs, and what is given. */
export function onView(
  view: NonNullable<StageSettings['view']>,
  more: Partial<StageSettings> = {},
): Partial<StageSettings> {
  const root = { kind: 'view' as const };
  return { root, readOnly: true, command: IDLE, ...more, view: [...hostPrograms(), ...view] };
}

/** /usr, and the places that lead into it where the host has them. */
function hostPrograms(): NonNullable<StageSettings['view']> {
  const links = USR_LINKS.filter((name) => {
    const found = lstatSync(`/${name}`, { throwIfNoEntry: false });
    return found?.isSymbolicLink() && readlinkSync(`/${name}`).replace(/^\//, '') === `usr/${name}`;
  });
  return [bind('/usr', '/usr'), ...links.map((name) => bind(`/usr/${name}`, `/${name}`))];
}

/** Writable for whoever a jail's root is on the host, and closed above to everybody else. */
async function source(stage: Stage, name: string): Promise<string> {
  const path = await stage.source(name, 0o777);
  await writeFile(join(path, 'from-the-host'), stage.nonce);
  return path;
}

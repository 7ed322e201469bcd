import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, attemptsInJail } from '../probes.ts';
import { found, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';
import { AS_USER } from './two-jails.ts';

export const isolatedFromTheRest: StageRow = {
  id: 'W5',
  async answer(stage) {
    const jail = await plainJail(stage);
    const secret = randomBytes(8).toString('hex');
    const path = join(await stage.source('w5'), 'secret');
    await writeFile(path, secret, { mode: 0o644 });
    const inside = await jail.sh(`cat ${path}; cat /proc/1/root${path}`);
    const outside = await stage.outside(['cat', path]);
    return {
      probe: found(!inside.stdout.includes(secret), `in the jail: ${inside.stderr.trim()}`),
      control: found(outside.stdout === secret, 'a plain child of the agent reads it'),
    };
  },
};

export const closedToHostUsers: StageRow = {
  id: 'W7',
  async answer(stage) {
    const jail = await plainJail(stage);
    const made = await jail.sh(
      'cp /usr/bin/id /var/tmp/w7 && chmod 4755 /var/tmp/w7 && stat -c %a /var/tmp/w7',
    );
    const directory = join(jail.paths.storage, 'var/tmp');
    const byPath = await stage.outside(['/bin/sh', '-c', `${AS_USER} '${directory}/w7 -u; :'`]);
    // Past the closed directories: standing in it already. What is left is that the mount is nosuid.
    const standing = await stage.outside(['/bin/sh', '-c', `cd ${directory} && ${AS_USER} './w7 -u; :'`]);
    const open = await stage.source('w7');
    const control = await stage.apart(
      `mount -t tmpfs -o mode=0755 tmpfs ${open} && cp /usr/bin/id ${open}/w7 && chmod 4755 ${open}/w7 && cd ${open} && ${AS_USER} './w7 -u; :'`,
    );
    return {
      probe: found(
        made.stdout.trim() === '4755' && byPath.stdout.trim() === '' && standing.stdout.trim() !== '0',
        `a set-user-id program of the jail's root: by its path: ${byPath.stderr.trim()}; past the closed directories it runs as ${standing.stdout.trim() || standing.stderr.trim()}`,
      ),
      control: found(
        control.stdout.trim() === '0',
        `on a mount that honours it, in an open directory, the same user becomes ${control.stdout.trim() || control.stderr.trim()}`,
      ),
    };
  },
};

export const rootTurned: StageRow = {
  id: 'W15',
  async answer(stage) {
    const jail = await plainJail(stage);
    const names = [
      'chroot-and-climb',
      'chroot-kept-directory',
      'root-dotdot',
      'root-openat2',
      'root-of-init',
    ];
    const nonce = randomBytes(8).toString('hex');
    const below = await stage.source('w15');
    const canary = join(stage.directory, `canary-${nonce}`);
    await writeFile(canary, nonce, { mode: 0o644 });
    const told = { CANARY: canary, NONCE: nonce };
    const inside = await attemptsInJail(stage, jail, names, { told });
    const control = await stage.outside([
      '/bin/sh',
      '-c',
      `mkdir -p ${below}/tmp && cp ${await stage.probe()} ${below}/probe && PROBE_CANARY=${canary} PROBE_NONCE=${nonce} exec chroot ${below} /probe chroot-and-climb`,
    ]);
    return {
      probe: all(inside, names, 'HELD'),
      control: found(
        control.stdout.includes('BREACH'),
        `root below chroot alone: ${control.stdout.trim() || control.stderr.trim()}`,
      ),
    };
  },
};

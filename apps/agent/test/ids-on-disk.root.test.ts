import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailPaths } from '../src/warden/paths.ts';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);
const SLOW = 60_000;
/** Both ends, those that programs have, and the bits that a mistake in a map would move. */
const IDS = [0, 1, 33, 100, 999, 1000, 1234, 4095, 32_767, 32_768, 60_001, 65_533, 65_534, 65_535];

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
  await stand.start();
});
afterAll(() => stand.close());

const out = async (command: string, ...args: string[]) => (await run(command, args)).stdout;

test(
  'an id, an access list and a capability are on disk as the jail gave them, and go in and out by tar',
  async () => {
    const inside = `
      cd /var; mkdir ids; cd ids
      for n in ${IDS.join(' ')}; do echo x > $n; chown $n:$n $n; setfacl -m u:$n:rx,g:$n:r $n; done
      mkdir setgid; chown 0:4242 setgid; chmod 2775 setgid; echo x > setgid/file
      cp /usr/bin/true capable; setcap cap_net_bind_service+ep capable
      tar --create --xattrs --acls --numeric-owner --file /var/inside.tar .
      getcap -n capable > /root/capable
      echo done > /root/done
      while [ ! -e /root/next ]; do sleep 0.1; done
      cd /var/back; stat -c '%n %u %g' * > /root/seen; getfacl -n 1234 > /root/acl; getcap capable > /root/cap
      echo done > /root/last; exec sleep 1000`;
    const one = jailSpec(1, { settings: { command: ['/bin/sh', '-c', inside], restart: 'no' } });
    await stand.accept([one]);
    await stand.until('running', ({ jails }) => jails[0]?.state === 'running', SLOW);
    const { storage } = jailPaths(stand.paths, one.key);
    const said = (name: string) => readFile(join(storage, 'root', name), 'utf8').catch(() => '');
    await expect.poll(() => said('done'), { timeout: SLOW }).toBe('done\n');

    const ids = join(storage, 'var/ids');
    for (const n of IDS) {
      expect(await stat(join(ids, String(n))), String(n)).toMatchObject({ uid: n, gid: n });
      const list = await out('getfacl', '--numeric', '--absolute-names', join(ids, String(n)));
      expect(list, String(n)).toContain(`user:${n}:r-x`);
      expect(list, String(n)).toContain(`group:${n}:r--`);
    }
    expect(await stat(join(ids, 'setgid/file'))).toMatchObject({ uid: 0, gid: 4242 });
    expect(await out('/sbin/getcap', join(ids, 'capable'))).toContain('cap_net_bind_service=ep');

    // Out: what the jail packed, listed by the host, names the same ids.
    const listed = await out(
      'tar',
      '--list',
      '--verbose',
      '--numeric-owner',
      '--file',
      join(storage, 'var/inside.tar'),
    );
    for (const n of IDS) expect(listed).toMatch(new RegExp(` ${n}/${n} .* \\./${n}$`, 'm'));
    // In: what the host packs and unpacks into the jail's storage is what the jail sees.
    const packed = join(stand.directory, 'host.tar');
    const ways = ['--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner'];
    await run('tar', ['--create', ...ways, '--file', packed, '--directory', ids, '.']);
    await rm(join(storage, 'var/back'), { recursive: true, force: true });
    await mkdir(join(storage, 'var/back'));
    await run('tar', [
      '--extract',
      '--same-owner',
      '--preserve-permissions',
      ...ways,
      '--file',
      packed,
      '--directory',
      join(storage, 'var/back'),
    ]);
    await run('touch', [join(storage, 'root/next')]);
    await expect.poll(() => said('last'), { timeout: SLOW }).toBe('done\n');
    const seen = await said('seen');
    for (const n of IDS) expect(seen).toContain(`${n} ${n} ${n}\n`);
    expect(await said('acl')).toContain('user:1234:r-x');
    expect(await said('cap')).toContain('cap_net_bind_service');
  },
  2 * SLOW,
);

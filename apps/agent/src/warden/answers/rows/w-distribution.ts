import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { found, Skipped, type StageRow } from '../row.ts';

const BUSYBOX = '/bin/busybox';
const SIGUSR2 = 12;
const STOP_MS = 10_000;
const INITTAB = `::sysinit:/bin/busybox touch /tmp/booted
::respawn:/bin/busybox sleep 1000
::shutdown:/bin/busybox touch /var/shut-down
`;

/** busybox's init, furnished from the host: the smallest distribution there is. */
export const wholeDistribution: StageRow = {
  id: 'W1',
  async answer(stage) {
    if (!existsSync(BUSYBOX)) throw new Skipped(`there is no ${BUSYBOX} on this host to furnish a root from`);
    const root = await stage.source('w1');
    for (const name of ['bin', 'sbin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'var', 'root'])
      await mkdir(join(root, name));
    await copyFile(BUSYBOX, join(root, 'bin/busybox'));
    await chmod(join(root, 'bin/busybox'), 0o755);
    for (const name of ['sh', 'ps', 'ls', 'id', 'cat']) await symlink('busybox', join(root, 'bin', name));
    await symlink('../bin/busybox', join(root, 'sbin/init'));
    await writeFile(join(root, 'etc/inittab'), INITTAB);
    await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    const jail = await stage.jail({
      root: { kind: 'dir', path: root },
      profile: 'system',
      command: ['/sbin/init'],
    });
    let booted = '';
    for (let looks = 0; looks < 40 && !booted.includes('booted'); looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      booted = (await jail.sh('cat /proc/1/comm; ls /tmp; ps | grep -c "[s]leep 1000"; id -u')).stdout;
    }
    const began = performance.now();
    const ended = await stage.host.trees.stop({
      runDirectory: jail.paths.run,
      signal: SIGUSR2,
      timeoutMs: STOP_MS,
    });
    const took = Math.round(performance.now() - began);
    const control = await stage.outside([BUSYBOX, 'init'], { timeoutMs: 3_000 });
    await stage.drop(jail.key);
    return {
      probe: found(
        booted.startsWith('init') && booted.includes('booted') && took < STOP_MS && ended.state !== 'running',
        `busybox's init from the host's own ${BUSYBOX} (no image was asked for) is pid 1 and ran its inittab: ${booted.trim().replaceAll('\n', ', ')}; told to halt it ended in ${took} ms (${JSON.stringify(ended.exit?.signal ?? ended.exit?.code)})`,
      ),
      control: found(
        /PID 1/i.test(control.stdout + control.stderr),
        `the same init as a plain child: ${(control.stdout + control.stderr).trim()}`,
      ),
    };
  },
};

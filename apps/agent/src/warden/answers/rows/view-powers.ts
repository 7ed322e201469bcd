import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { bind, type Stage } from '../../stage/stage.ts';
import { attemptsInside, attemptsOutside, compared } from '../probe-lines.ts';
import { found, type Row, Skipped } from '../row.ts';
import { mountLines } from './mount-lines.ts';
import { plainJail } from './plain-jail.ts';
import { onView } from './view-jail.ts';

const OF_THE_HOST = [
  'capabilities-of-host',
  'mount-tmpfs',
  'node-disk',
  'host-name-set',
  'clock-set',
  'scheduler-fifo',
];

/** Not every host has a disk that can be opened, or a clock that can be set. */
const OF_THE_HOST_SHOWN = ['capabilities-of-host', 'mount-tmpfs', 'host-name-set', 'scheduler-fifo'];

/** What a jail may do, and which processes it sees. */
export const WHAT_A_JAIL_MAY: readonly Row[] = [
  {
    id: 'M2',
    async answer(stage) {
      const modules = () => textOf('/proc/modules') ?? 'none: this kernel loads no modules';
      const state = () => `${modules()} ${textOf('/proc/sys/kernel/tainted')}`;
      const before = state();
      const spaces = () => numberOf('/proc/sys/kernel/ns_last_pid');
      const pids = spaces();
      const jail = await stage.jail();
      const count = before.startsWith('none') ? 'no modules at all' : `${before.split('\n').length} modules`;
      const result = {
        probe: found(
          state() === before,
          `before and after the start of a jail: ${count}, the kernel's taint the same`,
        ),
        control: found(
          spaces() !== pids,
          `the same comparison of a number that a start does change, the last pid: ${pids}, then ${spaces()}`,
        ),
      };
      await stage.drop(jail.key);
      return result;
    },
  },
  {
    id: 'M14',
    async answer(stage) {
      const jail = await plainJail(stage);
      const wanted = [...PROFILES[jail.spec.settings.profile].capabilities].sort();
      const inside = await jail.exec(SHOW_POWERS);
      const bounding = powersIn(inside.stdout);
      const atBirth = hexOf(textOf(`/proc/${jail.pid}/status`));
      const ours = powersIn((await stage.outside(SHOW_POWERS)).stdout);
      const attempts = compared(
        await attemptsInside(jail, { names: OF_THE_HOST }),
        await attemptsOutside(stage, { names: OF_THE_HOST }),
        { asked: OF_THE_HOST, shown: OF_THE_HOST_SHOWN },
      );
      const own = await jail.sh('touch /root/owned && chown 7:7 /root/owned && stat -c %u /root/owned');
      return {
        probe: found(
          bounding.join() === wanted.join() &&
            atBirth !== '' &&
            atBirth === hexOf(inside.stdout) &&
            attempts.probe.asExpected &&
            own.stdout.trim() === '7',
          `${bounding.length} capabilities in the bounding set, those of profile ${jail.spec.settings.profile}${unlike(bounding, wanted)}; chown, which is one, works; ${attempts.probe.evidence}`,
        ),
        control: found(
          wanted.every((name) => ours.includes(name)) &&
            ours.length > wanted.length &&
            attempts.control.asExpected,
          `the host's root has ${ours.length}; ${attempts.control.evidence}`,
        ),
      };
    },
  },
  {
    id: 'M15',
    async answer(stage) {
      const jail = await plainJail(stage);
      const marker = `marker-${stage.nonce}`;
      const script = 'for p in /proc/[0-9]*; do echo "$p $(tr "\\0" " " < $p/cmdline)"; done 2>/dev/null';
      const stop = new AbortController();
      const sleeper = stage.outside(['sh', '-c', `sleep 20; : ${marker}`], { signal: stop.signal });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const inside = (await jail.sh(script)).stdout;
      const plain = (await stage.apart(script)).stdout;
      stop.abort();
      await sleeper;
      const pids = inside.trim().split('\n');
      return {
        probe: found(
          !inside.includes(marker) && pids.some((line) => line.startsWith('/proc/1 ')) && pids.length < 10,
          `${pids.length} processes are shown, pid 1 is its own init, and the host's marked one is not there`,
        ),
        control: found(
          plain.includes(marker),
          `in a mount namespace alone ${plain.trim().split('\n').length} processes are shown, the marked one too`,
        ),
      };
    },
  },
  {
    id: 'M17',
    async answer(stage) {
      const shared = await stage.source('later', 0o777);
      await stage.outside(['mount', '--bind', shared, shared]);
      await stage.outside(['mount', '--make-shared', shared]);
      const place = join(shared, 'mounted-later');
      await mkdir(place);
      const jail = await stage.jail(
        onView([bind(shared, '/later', { readOnly: false })], { profile: 'system' }),
      );
      const follower = stage.outside(
        ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', `sleep 1; cat ${place}/marker`],
        { timeoutMs: 5_000 },
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await stage.host.kernel.mountTmpfs({ target: place, size: '64k', mode: '0755' });
      await writeFile(join(place, 'marker'), stage.nonce);
      const seen = await jail.sh('cat /later/mounted-later/marker');
      const followed = (await follower).stdout.trim();
      await stage.host.kernel.unmount({ target: place });
      const flags = mountLines(jail.mountinfo()).find(({ path }) => path === '/later')?.options ?? [];
      const inert = ['nosuid', 'nodev'].every((flag) => flags.includes(flag));
      const id = await suidOutside(stage);
      await jail.sh('cp /usr/bin/id /later/own-id && chmod 6755 /later/own-id');
      const own = (await jail.exec(['/later/own-id', '-u'], { uid: 1000 })).stdout.trim();
      return {
        probe: found(
          !seen.stdout.includes(stage.nonce) && inert && own === '1000',
          `what the host mounted later is not there; ${flags.join(',')}; a set-user-id file that the jail's root made there runs as uid ${own}`,
        ),
        control: found(
          followed === stage.nonce && id === '0',
          `a namespace that follows the host's mounts reads ${followed || 'nothing'}; on the host the same file runs as uid ${id}`,
        ),
      };
    },
  },
];

/** As which uid a set-user-id copy of id(1) runs for a user of the host, where nothing makes it inert. */
async function suidOutside(stage: Stage): Promise<string> {
  const ended = await stage.apart(`
    mount -t tmpfs -o mode=755 none /mnt && cp /usr/bin/id /mnt/id && chmod 4755 /mnt/id &&
    exec setpriv --reuid 65534 --clear-groups sh -c '/mnt/id -u'`);
  if (ended.stdout.trim() === '') throw new Skipped(`no control: ${ended.stderr.trim()}`);
  return ended.stdout.trim();
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const numberOf = (path: string) => Number(textOf(path) ?? Number.NaN);

/** The bounding set by the names that setpriv(1) has for it, and the kernel's own number. */
const SHOW_POWERS = ['sh', '-c', 'setpriv --dump; cat /proc/self/status'];

function powersIn(dump: string): string[] {
  const names = /^Capability bounding set: (.*)$/m.exec(dump)?.[1] ?? '';
  return names
    .split(',')
    .map((name) => `CAP_${name.toUpperCase()}`)
    .sort();
}

function unlike(found: readonly string[], wanted: readonly string[]): string {
  const more = found.filter((name) => !wanted.includes(name));
  const less = wanted.filter((name) => !found.includes(name));
  return more.length + less.length === 0 ? '' : `, but more: ${more.join(' ')}, less: ${less.join(' ')}`;
}

const hexOf = (status: string | null) => /^CapBnd:\s*([0-9a-f]+)/m.exec(status ?? '')?.[1] ?? '';

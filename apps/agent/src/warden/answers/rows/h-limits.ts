import { statSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { isKernelError } from '@cellblock/native/kernel-error';
import type { JailLimits } from '@cellblock/shared/jail-limits';
import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { contest, QUOTA_SECONDS, spin } from '../processor-loads.ts';
import { found, Skipped, type StageRow } from '../row.ts';
import { otherPlainJail } from './plain-jail.ts';

/** One limit, tried where it is and where it is not, in one jail that runs all the while. */
interface Tried {
  holds: boolean;
  shows: boolean;
  /** what was seen with the limit */
  held: string;
  /** and without it */
  free: string;
}

interface Loaded {
  stage: Stage;
  jail: StageJail;
  beside: StageJail;
}

/** Each small enough to hurt nobody where nothing stops it. */
const LOADS: Record<string, (o: Loaded) => Promise<Tried>> = {
  processes,
  memory,
  'processor quota': quota,
  'processor weight': weight,
  disk,
  devices,
};

export const limitsHold: StageRow = {
  id: 'H18',
  longestMs: { plain: 90_000, lab: 120_000 },
  async answer(stage) {
    const [jail, beside] = [await stage.jail(), await otherPlainJail(stage)];
    const versions = await controllerVersions(stage);
    const tried: (Tried & { name: string })[] = [];
    const lacking: string[] = [];
    for (const [name, load] of Object.entries(LOADS)) {
      try {
        tried.push({ name, ...(await load({ stage, jail, beside })) });
      } catch (error) {
        // What this host cannot hold it refuses; it says so, and the rest is judged.
        if (!(error instanceof Skipped) && !isKernelError(error, 'EOPNOTSUPP')) throw error;
        lacking.push(`${name} is not judged: ${(error as Error).message}`);
      }
    }
    await stage.drop(jail.key);
    if (tried.length === 0) throw new Skipped(lacking.join('; '));
    const told = (one: 'held' | 'free') => tried.map((each) => each[one]).join('; ');
    return {
      probe: found(
        tried.every(({ holds }) => holds),
        [versions, told('held'), ...lacking].join('; '),
      ),
      control: found(
        tried.every(({ shows }) => shows),
        `the same in the same jail, when the limit was lifted: ${told('free')}`,
      ),
    };
  },
};

async function controllerVersions(stage: Stage): Promise<string> {
  const found = await stage.host.kernel.listControllers();
  const of = (wanted: number) => found.filter(({ version }) => version === wanted).map(({ name }) => name);
  return [1, 2].flatMap((n) => (of(n).length > 0 ? [`v${n} ${of(n).join(' ')}`] : [])).join(', ');
}

/** The load where the limit holds, then where it was lifted. */
async function bothWays<T>(
  jail: StageJail,
  limits: Partial<JailLimits>,
  lifted: Partial<JailLimits>,
  load: () => Promise<T>,
): Promise<[T, T]> {
  await jail.limit(limits);
  try {
    const held = await load();
    await jail.limit(lifted);
    return [held, await load()];
  } finally {
    await jail.limit({});
  }
}

const FORKS = 40;
const FORK = `i=0; while [ $i -lt ${FORKS} ]; do sleep 5 >/dev/null 2>&1 & i=$((i+1)); done; echo all`;

async function processes({ jail }: Loaded): Promise<Tried> {
  const atMost = async (pids: number) => {
    await jail.limit({ pids });
    const all = (await jail.sh(FORK)).stdout.includes('all');
    // What kills them is a process too.
    await jail.limit({});
    await jail.sh('kill -9 -1; :');
    return all;
  };
  const [held, free] = [await atMost(16), await atMost(256)];
  return {
    holds: !held,
    shows: free,
    held: `with 16 processes ${held ? 'all' : 'not all'} of ${FORKS} were made`,
    free: `with 256 ${free ? 'all' : 'not all'} of ${FORKS} processes`,
  };
}

const MEBIBYTE = 1024 ** 2;
const FILL = `head -c ${160 * MEBIBYTE} /dev/zero | tail -c ${160 * MEBIBYTE} | wc -c; :`;

async function memory({ stage, jail, beside }: Loaded): Promise<Tried> {
  const kills = async () => {
    const group = await stage.host.kernel.readCgroup({ name: jail.cgroup });
    return group?.usage.oomKills ?? 0;
  };
  const limits = [{ memory: 64 * MEBIBYTE }, { memory: 512 * MEBIBYTE }] as const;
  const [held, free] = await bothWays(jail, ...limits, async () => {
    const before = await kills();
    await jail.sh(FILL);
    return (await kills()) - before;
  });
  const unharmed = (await beside.sh('echo unharmed')).stdout.includes('unharmed');
  return {
    holds: held > 0 && unharmed,
    shows: free === 0,
    held: `160 MiB with 64: ${held} killed, its neighbour ${unharmed ? 'unharmed' : 'harmed'}`,
    free: `with 512 MiB ${free} killed`,
  };
}

const QUOTA = 0.2;
/** A share is given in slices, and the last one may be cut. */
const NEARLY = 0.8;

async function quota({ stage, jail }: Loaded): Promise<Tried> {
  const [held, free] = await bothWays(jail, { cpus: QUOTA }, {}, () => spin(stage, jail));
  const atLeast = (QUOTA_SECONDS / QUOTA) * NEARLY;
  // Who gets little because others want it too shows no hole by that; the kernel's own count does.
  const busy = (loadavg()[0] ?? 0) / cpus().length > 1;
  return {
    holds: held.seconds > atLeast && held.heldBack > 0,
    shows: free.heldBack === 0 && (free.seconds < atLeast || busy),
    held: `${QUOTA_SECONDS} s of work with ${QUOTA} of a processor took ${held.seconds} s, held back ${held.heldBack} times`,
    free: `the work ${free.seconds} s, held back ${free.heldBack} times`,
  };
}

const HEAVY = 1000;

async function weight({ jail, beside }: Loaded): Promise<Tried> {
  const [held, free] = await bothWays(jail, { cpuWeight: HEAVY }, {}, () => contest(jail, beside));
  // Ten to one, and one to one.
  return {
    holds: held > 3,
    shows: free > 0.4 && free < 2.5,
    held: `ten times the weight of its neighbour: ${held.toFixed(1)} times its time`,
    free: `the same weight: ${free.toFixed(1)} times`,
  };
}

const DISK_BYTES = 4 * MEBIBYTE;
const DISK_RATE = 3 * MEBIBYTE;
const DISK_FILES = '/var/tmp/h18';
const READ_AND_WRITE = `export LC_ALL=C
  dd if=${DISK_FILES}r bs=256K iflag=direct >/dev/null & dd if=/dev/zero of=${DISK_FILES}w bs=256K count=16 oflag=direct & wait`;

async function disk({ stage, jail }: Loaded): Promise<Tried> {
  const limits = { ioReadBytes: DISK_RATE, ioWriteBytes: DISK_RATE };
  await jail.sh(`head -c ${DISK_BYTES} /dev/zero > ${DISK_FILES}r && sync ${DISK_FILES}r`);
  const device = await stage.host.kernel.diskOf({ path: jail.paths.storage });
  const [held, free] = await bothWays(jail, limits, {}, async () => {
    const { stderr } = await jail.sh(READ_AND_WRITE);
    if (stderr.includes('Invalid argument')) throw new Skipped(`the file system: ${stderr}`);
    return [...stderr.matchAll(/copied, ([\d.e-]+) s/g)].map(([, seconds]) => Number(seconds));
  });
  await jail.sh(`rm -f ${DISK_FILES}r ${DISK_FILES}w`);
  // The kernel lets the first slice through at once.
  const atLeast = (DISK_BYTES / DISK_RATE) * 0.6;
  const seconds = (both: number[]) => both.map((each) => each.toFixed(2)).join(' and ');
  return {
    holds: held.length === 2 && held.every((each) => each > atLeast),
    shows: free.length === 2 && free.every((each) => each < atLeast),
    held: `4 MiB read from and written to disk ${device} at 3 MiB/s: ${seconds(held)} s`,
    free: `read and written in ${seconds(free)} s`,
  };
}

/** To open them for reading does nothing; no jail is given one unless its settings name it. */
const NOT_GIVEN = ['/dev/kmsg', '/dev/net/tun', '/dev/loop-control', '/dev/fuse'];
const isDevice = (path: string) => statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() === true;

/** The host's own root, who may open everything, in the group of the jail: a jail has no node to try it with. */
async function devices({ stage, jail }: Loaded): Promise<Tried> {
  const group = await stage.host.kernel.readCgroup({ name: jail.cgroup });
  if (group?.devices === undefined) throw new Skipped('this kernel keeps no group from a device');
  const node = NOT_GIVEN.find(isDevice);
  if (node === undefined) throw new Skipped(`this host has none of ${NOT_GIVEN.join(', ')}`);
  const opens = (path: string) => `dd if=${path} count=0 status=none 2>&1 && echo opened`;
  const join = (await stage.host.kernel.cgroupProcsFiles({ name: jail.cgroup }))
    .map((file) => `echo $$ > ${file}`)
    .join(' && ');
  const inGroup = (path: string) => stage.outside(['/bin/sh', '-c', `${join} && ${opens(path)}`]);
  const [held, usual, free] = [
    await inGroup(node),
    await inGroup('/dev/zero'),
    await stage.outside(['/bin/sh', '-c', opens(node)]),
  ];
  const isOpened = ({ stdout }: { stdout: string }) => stdout.includes('opened');
  const told = ({ stdout }: { stdout: string }) => stdout.trim().split(': ').at(-1);
  return {
    holds: !isOpened(held) && /not permitted/.test(held.stdout) && isOpened(usual),
    shows: isOpened(free),
    held: `${node} by the host's root in its group: ${told(held)}`,
    free: `out of its group: ${told(free)}`,
  };
}

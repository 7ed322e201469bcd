import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { AddressSpec, JailSpec } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import { netnsDirectory } from '@cellblock/shared/owned-names';
import type { ViewMount } from '@cellblock/shared/view-mount';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelPicture, pictureDifference } from './crash/kernel-picture.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);
const PROGRAMS = join(import.meta.dirname, '../../../packages/native/build/bin');
const CYCLES = 1000;
const AT_ONCE = 25;
/** One round of so many is disturbed: often enough for every stage, and no more than a machine may see in years. */
const CRASH_EVERY = 2;

const SCRATCH: ViewMount = {
  kind: 'tmpfs',
  target: '/srv/scratch',
  size: 65_536,
  inodes: null,
  mode: '0755',
  nosuid: true,
  nodev: true,
  noexec: false,
  nosymfollow: false,
};

const lan = networkSpec(1);
let stand: Stand;
let prefix: string;

beforeAll(async () => {
  prefix = await mkdtemp(join(tmpdir(), 'cellblock-cycles-'));
  await chmod(prefix, 0o700);
  await makeRoot(join(prefix, 'root'));
  stand = await Stand.open({
    bounds: `rootPrefixes: [${prefix}]\nhostSettings: [net.ipv4.ip_forward, net.ipv6.conf.all.forwarding]\n`,
  });
  await stand.start();
});
afterAll(async () => {
  await stand.close();
  await rm(prefix, { recursive: true, force: true });
});

async function makeRoot(root: string): Promise<void> {
  for (const part of ['bin', 'dev', 'etc', 'proc', 'run', 'sys', 'tmp', 'usr', 'var'])
    await mkdir(join(root, part), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['sh', 'sleep']) await symlink('busybox', join(root, 'bin', name));
}

/** Seeded, so that a run can be told again; which moment a crash hits is the machine's. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** What makes something of its own in the kernel or on the disk, furnished and removed; a fifth each. */
const KINDS: Partial<JailSpec['settings']>[] = [
  { root: { kind: 'host-usr', ephemeral: true } },
  {
    root: { kind: 'host-usr', ephemeral: false },
    storage: { kind: 'file', fileSystem: 'ext4', size: 32 * 1024 ** 2, inodes: null },
  },
  { profile: 'system' },
  { view: [SCRATCH] },
  {},
];

function batch(first: number): { jails: JailSpec[]; addresses: AddressSpec[] } {
  const jails = Array.from({ length: AT_ONCE }, (_, index) => {
    const n = first + index;
    return jailSpec(n, {
      interfaces: [interfaceSpec(n, lan)],
      settings: {
        command: ['/bin/sleep', '1000000'],
        root: rootOf(prefix),
        stopTimeoutMs: 0,
        ...KINDS[index % KINDS.length],
      },
    });
  });
  const addresses = jails.map((jail, index) => addressSpec(first + index, jail, `10.77.1.${20 + index}`));
  return { jails, addresses };
}

const rootOf = (prefix: string) => ({ kind: 'dir' as const, path: join(prefix, 'root') });

const gone = ({ jails, addresses }: ReturnType<typeof batch>) => [
  ...jails.map((jail) => ({ ...jail, wanted: 'destroyed' as const, purge: true })),
  ...addresses.map((address) => ({ ...address, wanted: 'absent' as const })),
];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function crashWarden(): Promise<void> {
  await stand.stop('SIGKILL');
  await stand.start();
}

/** Programs of ours at work for this stand: they stand in its network. Other suites may run the same ones. */
function programsAtWork(): { pid: number; name: string }[] {
  const network = `net:[${statSync(stand.netns).ino}]`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && linkOf(`/proc/${name}/ns/net`) === network)
    .map((pid) => ({ pid: Number(pid), exe: linkOf(`/proc/${pid}/exe`) }))
    .filter(({ exe }) => exe.startsWith(`${PROGRAMS}/`))
    .map(({ pid, exe }) => ({ pid, name: basename(exe) }));
}

const builders = () => programsAtWork().filter(({ name }) => name === 'spawn');

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function crashSpawn(): Promise<number> {
  for (const end = Date.now() + 1_500; Date.now() < end; await pause(1)) {
    const [builder] = builders();
    if (!builder) continue;
    try {
      process.kill(builder.pid, 'SIGKILL');
      return 1;
    } catch {
      // It was quicker.
    }
  }
  return 0;
}

async function picture(): Promise<string[]> {
  const take = () =>
    kernelPicture({
      netns: stand.netns,
      instance: stand.instance,
      directory: stand.directory,
      // Looked at below, as far as they are this stand's.
      programs: '/nobody/runs/this',
    });
  let whole = await take();
  // Without jails there is no process; one that has ended is seen until the host's init has looked at it.
  for (const end = Date.now() + 10_000; Date.now() < end; whole = await take()) {
    if (!whole.some((line) => line.startsWith('process '))) break;
    await pause(100);
  }
  const loops = readdirSync('/sys/block')
    .map((name) => textOf(`/sys/block/${name}/loop/backing_file`))
    .filter((file) => file.startsWith(stand.directory))
    .map((file) => `loop device of ${file}`);
  // The ledger's files and those of receipts come and go with what is written, not with jails.
  const programs = programsAtWork().map(({ name }) => `process ${name}`);
  return [...whole, ...loops, ...programs].filter((line) => !/^file (ledger|receipts|rece)/.test(line));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function settled(): Promise<HostStatus> {
  const wanted = stand.testDashboard.generation;
  return stand.until('settled', ({ converged }) => converged === wanted, 90_000);
}

/** A cycle of a jail that never ran would show nothing. */
async function allRun(): Promise<void> {
  const { jails, addresses, refused } = await settled();
  expect(refused).toEqual([]);
  expect(jails.filter(({ state }) => state === 'running')).toHaveLength(AT_ONCE);
  expect(addresses.filter(({ state }) => state === 'present')).toHaveLength(AT_ONCE);
}

test(`after ${CYCLES} jails were made and removed, with crashes, nothing is left in the kernel`, async () => {
  const random = generator(20_261_122);
  const first = batch(1);
  // Once without crashes: what the host keeps for good is there before it is looked at.
  await stand.accept([lan, ...first.jails, ...first.addresses]);
  await allRun();
  await stand.accept([lan, ...gone(first)]);
  await settled();
  await stand.accept([lan]);
  await settled();
  const before = await picture();
  const crashes = { warden: 0, spawn: 0 };
  let cycles = 0;
  for (let round = 0; cycles < CYCLES; round += 1) {
    const { jails, addresses } = batch(1000 + round * AT_ONCE);
    const disturbed = round % CRASH_EVERY === 0;
    const inRemoval = random() < 0.5;
    await stand.accept([lan, ...jails, ...addresses]);
    if (disturbed && !inRemoval) {
      if (random() < 0.6) {
        crashes.spawn += await crashSpawn();
      } else {
        await pause(random() * 300);
        await crashWarden();
        crashes.warden += 1;
      }
    }
    // Half of the disturbed rounds are taken back while the jails are still being made.
    if (!disturbed || random() < 0.5) await allRun();
    await stand.accept([lan, ...gone({ jails, addresses })]);
    if (disturbed && inRemoval) {
      await pause(random() * 200);
      await crashWarden();
      crashes.warden += 1;
    }
    await settled();
    await stand.accept([lan]);
    await settled();
    cycles += jails.length;
  }
  const left = pictureDifference(before, await picture());
  console.log(
    `${cycles} cycles, ${crashes.warden} crashes of the warden and ${crashes.spawn} of spawn: ${left.length} left over`,
  );
  expect(crashes.warden).toBeGreaterThanOrEqual(8);
  expect(crashes.spawn).toBeGreaterThanOrEqual(3);
  expect(left).toEqual([]);
}, 600_000);

test('a name that a killed warden left without its network namespace goes with the next start', async () => {
  const jail = jailSpec(1, {
    interfaces: [interfaceSpec(1, lan)],
    settings: { command: ['/bin/sleep', '1000000'], root: rootOf(prefix), stopTimeoutMs: 0 },
  });
  await stand.accept([lan, jail]);
  await settled();
  const left = join(netnsDirectory(stand.instance), 'aaaaaaaa');
  await writeFile(left, '', { flag: 'wx' });
  await crashWarden();
  // Control: what is pinned stays, and the jail with it.
  expect(readdirSync(netnsDirectory(stand.instance))).toEqual([jail.key]);
  expect((await settled()).jails.map(({ state }) => state)).toEqual(['running']);
  await stand.accept([lan, { ...jail, wanted: 'destroyed', purge: true }]);
  await settled();
  await stand.accept([lan]);
  await settled();
});

test('control: what is left is seen', async () => {
  const before = await picture();
  const claim = `/run/cellblock/ids/${2 ** 31 - 65_536}`;
  await stand.inside(null, 'ip', 'link', 'add', 'vleft0', 'type', 'veth', 'peer', 'name', 'vleft1');
  await run('sh', ['-c', `echo "${stand.instance} left" > ${claim}`]);
  const group = { name: `cellblock-${stand.instance}/left` };
  await stand.kernel.createCgroup(group);
  try {
    await stand.kernel.setCgroupDevices({ ...group, devices: ['c 1:3 rw'] });
    const left = pictureDifference(before, await picture()).join('\n');
    expect(left).toMatch(/\+ host: link vleft0/);
    expect(left).toMatch(/\+ claim /);
    expect(left).toContain(`+ devices of ${group.name}: c 1:3 rw`);
  } finally {
    await stand.kernel.removeCgroup(group);
    await rm(claim, { force: true });
    await stand.inside(null, 'ip', 'link', 'del', 'vleft0');
  }
  expect(pictureDifference(before, await picture())).toEqual([]);
});

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { cgroupName, cgroupParent, netnsDirectory } from '@cellblock/shared/owned-names';
import { parseXray, type XrayFinding, xrayDifference } from '@cellblock/shared/xray';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byRecipeOf2013 } from '../src/warden/answers/recipe-of-2013.ts';
import { IdRanges } from '../src/warden/id-ranges.ts';
import { programsDirectory } from '../src/warden/programs-directory.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);
const MEANWHILE_MS = 60_000;

let stand: Stand;
let directory: string;
let root: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cellblock-xray-'));
  root = join(directory, 'root');
  await mkdir(root);
  for (const part of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'usr', 'srv'])
    await mkdir(join(root, part));
  await writeFile(join(root, 'srv/kept'), 'as it was');
  await writeFile(join(root, 'srv/rooted'), '', { mode: 0o755 });
  await run('chmod', ['4755', join(root, 'srv/rooted')]);
  await run('mknod', [join(root, 'srv/planted'), 'c', '1', '3']);
  stand = await Stand.open({ bounds: `rootPrefixes: [${tmpdir()}]\n` });
  await stand.start();
  const network = networkSpec(1);
  const plain = jailSpec(1, { wanted: 'stopped', interfaces: [interfaceSpec(1, network)] });
  await stand.accept([
    network,
    plain,
    addressSpec(1, plain, '10.77.1.5'),
    addressSpec(2, plain, 'fd77:0:0:1::5'),
    jailSpec(2, { wanted: 'stopped', settings: { root: { kind: 'dir', path: root } } }),
    jailSpec(3, { wanted: 'stopped', settings: { root: { kind: 'dir', path: '/srv/cellblock-xray-none' } } }),
    jailSpec(4, { name: 'limited', wanted: 'stopped', settings: { limits: { ...NO_LIMITS, pids: 77 } } }),
  ]);
});
afterAll(async () => {
  await stand?.close();
  await rm(directory, { recursive: true, force: true });
});

const xray = (jail: string) => stand.ask((agent) => agent.xray.run.mutate({ jail }));

function of(findings: readonly XrayFinding[], group: XrayFinding['group']): Record<string, string> {
  return Object.fromEntries(
    findings.filter((finding) => finding.group === group).map(({ item, detail }) => [item, detail]),
  );
}

/** All that this agent has: what is there before a walk is there after it, and nothing else. */
async function owned() {
  const kernel = createLinuxKernel();
  const names = (path: string) => readdir(path).catch(() => [] as string[]);
  return {
    namespaces: await kernel.listNetns({ directory: netnsDirectory(stand.instance) }),
    groups: await kernel.listCgroups({ parent: cgroupParent(stand.instance) }),
    ids: (await new IdRanges({ registry: stand.paths.ids }).list()).filter(
      ({ instance }) => instance === stand.instance,
    ),
    jails: await names(stand.paths.jails),
    mounts: (await kernel.listMounts({ under: stand.paths.jails })).map(({ target }) => target),
  };
}

/** The whole tree with modes, owners, sizes and times of every file. */
async function picture(): Promise<string> {
  return (await run('find', [root, '-printf', '%p %m %U:%G %s %T@ %C@\n'])).stdout;
}

test(
  'two walks through a jail are equal, see its addresses and leave nothing',
  async () => {
    const before = await owned();
    const first = await xray('jail1');
    const second = await xray('jail1');
    expect(xrayDifference(first.findings, second.findings)).toEqual([]);
    expect(second.findings).toEqual(first.findings);

    expect(of(first.findings, 'address')).toMatchObject({
      '10.77.1.5/24': 'on eth0',
      'fd77:0:0:1::5/128': 'on eth0',
      'IPv6 default route': 'is there',
    });
    expect(of(first.findings, 'namespace')).toMatchObject({ 'uid map': '65536 ids from 0, translated' });
    expect(of(first.findings, 'process')).toMatchObject({ 'in the listing': '2' });
    expect(Object.keys(of(first.findings, 'descriptor'))).toEqual(['0', '1', '2']);
    const ofTheHost = Object.keys(of(first.findings, 'kernel-file')).filter(
      (path) => !path.startsWith('/proc/self/'),
    );
    expect(ofTheHost).toEqual([]);
    expect(await owned()).toEqual(before);
    expect((await stand.status()).problems).toEqual([]);
  },
  MEANWHILE_MS,
);

test('no twin is started of a jail that this host would not start', async () => {
  const before = await owned();
  await expect(xray('jail3')).rejects.toMatchObject({
    data: { refusal: { code: 'denied', cause: expect.stringContaining('root-prefix') } },
  });
  expect(await owned()).toEqual(before);
});

test(
  'a twin of a jail with a directory of its own writes nothing there',
  async () => {
    const bare = await picture();
    await expect(xray('jail2')).rejects.toThrow('The root of jail2 lacks a mount point');
    expect(await picture()).toBe(bare);

    for (const name of ['hostname', 'hosts', 'resolv.conf']) await writeFile(join(root, 'etc', name), '');
    await mkdir(join(root, '...'));
    const before = await picture();
    const { findings, differs } = await xray('jail2');
    expect(await picture()).toBe(before);
    expect(differs).toContain('its root is read only: in the jail it is writable');
    expect(of(findings, 'mount')['/']).toMatch(/, ro,/);
    expect(of(findings, 'writable')).not.toHaveProperty('/');
    expect(of(findings, 'setuid')['/srv/rooted']).toMatch(/^4755, of 0:0/);
    expect(of(findings, 'device')['/srv/planted']).toBe('character 1:3, read: EACCES; write: EACCES');
  },
  MEANWHILE_MS,
);

test(
  'control: where nothing holds, the same walk finds kernel files, the device, the file and the descriptor',
  async () => {
    await copyFile(join(programsDirectory(), 'probe'), join(root, 'bin/probe'));
    try {
      const { stdout } = await byRecipeOf2013(
        `mount -t proc proc ${root}/proc && exec 9<${root}/srv/kept && exec chroot ${root} /bin/probe xray`,
      );
      const findings = parseXray(stdout);
      expect(of(findings, 'namespace')).toMatchObject({ 'uid map': '4294967295 ids from 0, IDENTITY' });
      expect(of(findings, 'kernel-file')).toHaveProperty('/proc/sys/vm/swappiness');
      expect(of(findings, 'descriptor')['9']).toBe('file, read');
      expect(of(findings, 'setuid')['/srv/rooted']).toBe('4755, of 0:0, in effect');
      expect(of(findings, 'writable')).toHaveProperty('/');
      expect(of(findings, 'device')['/srv/planted']).toBe('character 1:3, read: opens; write: opens');
    } finally {
      await rm(join(root, 'bin/probe'), { force: true });
    }
  },
  MEANWHILE_MS,
);

test(
  'the twin of a jail is limited as the jail is, and opens no device but its own',
  async () => {
    const kernel = createLinuxKernel();
    const { groups } = await owned();
    const walk = xray('limited');
    const twin = async () => {
      const key = (await owned()).groups.find((group) => !groups.includes(group));
      const group = key && (await kernel.readCgroup({ name: cgroupName(stand.instance, key) }));
      return group && { pids: group.limits.pids, devices: group.devices?.includes('c 1:3 rw') };
    };
    await expect.poll(twin, { timeout: 20_000 }).toEqual({ pids: 77, devices: true });
    await walk;
  },
  MEANWHILE_MS,
);

test(
  'a warden that is killed during a walk takes the twin away when it is back',
  async () => {
    const before = await owned();
    const walk = xray('jail1').catch(() => 'cut off');
    for (let looks = 0; (await owned()).jails.length === before.jails.length && looks < 500; looks += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const during = await owned();
    expect(during.jails.length).toBe(before.jails.length + 1);
    await stand.stop('SIGKILL');
    expect(await walk).toBe('cut off');
    await stand.start();
    await stand.until('the second namespace is gone too', (status) => status.problems.length === 0);
    await expect.poll(owned, { timeout: 20_000 }).toEqual(before);
    expect(await stat(join(root, 'srv/kept'))).toBeTruthy();
  },
  MEANWHILE_MS,
);

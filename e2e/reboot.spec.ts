import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { type Capture, captureClaims } from './stand/capture.ts';
import { difference } from './stand/kernel-state.ts';
import { answerFrom, NONCE_PORT, newNonce } from './stand/nonce.ts';
import { makeStand, type Stand } from './stand/stand.ts';
import { standPrefix } from './stand/stand-name.ts';
import { vmImage } from './vm/image.ts';
import { startVirtualMachine, type VirtualMachine } from './vm/virtual-machine.ts';

test.describe.configure({ mode: 'serial' });

/** Emulation is ten times slower than the machine, and the machine may be busy. */
const SLOW = 900_000;
const JAIL = '10.99.0.50';
/** An address of the same jail on another network: on the segment nobody may see it. */
const INNER = '10.88.0.5';
const HOST = 'virtual';
const script = (name: string) => readFileSync(path.join(import.meta.dirname, 'vm', name), 'utf8');

const nonce = newNonce();
let directory: string;
let stand: Stand;
let machine: VirtualMachine;
let before: string[] = [];
let capture: Capture | undefined;

test.beforeAll(async () => {
  test.setTimeout(1_800_000);
  directory = mkdtempSync(path.join(tmpdir(), standPrefix));
  const image = await vmImage();
  stand = await makeStand({ listen: '0.0.0.0' });
  await stand.up();
  machine = await startVirtualMachine(image, stand.segment, directory);
  await machine.shell.run('systemctl is-system-running --wait', SLOW);
  await expect
    .poll(() => root('ip -br addr show br0'), { timeout: SLOW })
    .toContain(`UP             ${machine.address}`);
  before = await stateOfMachine();
});
test.afterAll(async () => {
  test.setTimeout(180_000);
  await capture?.stop().catch(() => undefined);
  await machine?.close();
  await stand?.close();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

const root = (command: string) => machine.shell.must(command, SLOW);
const stateOfMachine = async () =>
  (await root(script('guest-state.sh'))).split('\n').filter((line) => line !== '');
const answers = () => answerFrom(stand.segment.outside, JAIL, 3);
const hostState = async () => {
  const hosts = await stand.json<{ name: string; state: string }[]>('host', 'ls');
  return hosts.find(({ name }) => name === HOST)?.state;
};

async function agentAnswers(): Promise<void> {
  await expect
    .poll(async () => (await machine.shell.run('cellblock ls', SLOW)).exitCode, { timeout: SLOW })
    .toBe(0);
}

/** The pid that the agent on the host names, asked there by root. */
async function pidOfJail(): Promise<number> {
  const shown = await root('cellblock show web -o json');
  return (JSON.parse(shown) as { pid: number }).pid;
}

test('a host with a stock kernel and systemd is enrolled with the pasted line alone', async () => {
  test.setTimeout(SLOW * 2);
  // Not one of what a build or Node's packages need.
  expect(await root('command -v node npm cc gcc g++ make python3; true')).toBe('');
  const line = (await stand.must(['host', 'enroll'])).trim();
  const said = await root(line);
  const fingerprint = /SHA256:[0-9a-f-]+/.exec(said)?.[0];
  expect(fingerprint).toBeTruthy();
  expect(await stand.json('host', 'show', HOST)).toMatchObject({ state: 'waiting', fingerprint });
  await stand.must(['host', 'approve', HOST]);
  await expect.poll(hostState, { timeout: SLOW }).toBe('ready');
  expect((await root('systemctl is-enabled cellblock; systemctl is-active cellblock')).split('\n')).toEqual([
    'enabled',
    'active',
    '',
  ]);
});

test('a jail on a bridge of its administrator answers the segment', async () => {
  test.setTimeout(SLOW * 2);
  await root("sed -i 's/^parents: .*/parents: [br0]/' /etc/cellblock/bounds.d/10-default.yaml");
  const bounds = async () => JSON.stringify(await stand.json('host', 'show', HOST));
  await expect.poll(bounds, { timeout: SLOW }).toContain('"parents":["br0"]');
  const { subnet, siteAddress, outsideAddress } = stand.segment;
  for (const line of [
    [
      'network',
      'create',
      'segment',
      '--kind',
      'bridge',
      '--parent',
      'br0',
      '--subnet',
      subnet,
      '--gateway',
      siteAddress,
    ],
    ['network', 'create', 'inner', '--kind', 'bridge', '--subnet', '10.88.0.0/24', '--host', HOST],
    [
      ...[
        'create',
        'web',
        '--network',
        'segment',
        '--ip',
        JAIL,
        '--memory',
        '64M',
        '--pids',
        '20',
        '--cpus',
        '0.5',
        '--cpu-weight',
        '50',
        '--io-read',
        '5M',
      ],
      ...['--stop-timeout', '2s', '--boot', '--'],
      ...['perl', '-e', script('forging-server.pl'), nonce, String(NONCE_PORT), INNER, outsideAddress],
    ],
    ['ip', 'assign', 'web', INNER, '--network', 'inner'],
  ]) {
    await stand.must(line, { timeoutMs: SLOW });
  }
  await expect.poll(answers, { timeout: SLOW }).toBe(nonce);
});

test('limits hold with cgroup v2 alone, also after systemd has looked at its groups', async () => {
  test.setTimeout(SLOW * 2);
  await root('systemctl daemon-reload');
  expect(await root('stat -fc %T /sys/fs/cgroup')).toBe('cgroup2fs\n');
  const exec = (program: string) => machine.shell.run(`cellblock exec web -- perl -e '${program}'`, SLOW);
  const forks =
    'for (1..100) { my $p = fork; if (!defined $p) { print "$_ $!"; exit 7 } if (!$p) { sleep 8; exit } }';
  const forked = await exec(forks);
  expect(forked).toMatchObject({ exitCode: 7, stdout: expect.stringMatching(/^1?\d Resource temporarily/) });
  await expect.poll(async () => (await exec('print 1')).stdout, { timeout: SLOW }).toBe('1');
  const eats = (megabytes: number) => exec(`my $x = "x" x (${megabytes} << 20); print length $x`);
  // Perl takes twice what the text needs.
  expect(await eats(10)).toMatchObject({ exitCode: 0, stdout: String(10 << 20) });
  expect(await eats(100)).toMatchObject({ exitCode: 137 });
  // What the kernel counted: a jail without a limit is never made to wait.
  const throttled = async () =>
    Number(/nr_throttled (\d+)/.exec(await root('cat /sys/fs/cgroup/cellblock-*/*/cpu.stat'))?.[1]);
  expect(await root('cat /sys/fs/cgroup/cellblock-*/*/cpu.max')).toBe('50000 100000\n');
  const waited = await throttled();
  await exec('my $end = time + 5; 1 while time < $end');
  expect(await throttled()).toBeGreaterThan(waited + 10);
  expect(await root('cat /sys/fs/cgroup/cellblock-*/*/cpu.weight')).toBe('50\n');
  expect(await root('cat /sys/fs/cgroup/cellblock-*/*/io.max')).toMatch(/^\d+:\d+ rbps=5242880 wbps=max /);
  // Changed live, and what was killed above is in the history of its jail.
  await stand.must(['set', 'web', '--pids', '25'], { timeoutMs: SLOW });
  expect(await root('cat /sys/fs/cgroup/cellblock-*/*/pids.max')).toBe('25\n');
  await expect
    .poll(() => stand.must(['audit', 'search', 'kind:jail.oom']), { timeout: SLOW })
    .toContain('OOM kill in jail web');
  // A process of the jail's group opens the usual devices and no others; outside of it the same opens.
  const opens = (join: string) =>
    root(`sh -c '${join} for d in zero kmsg; do (: < /dev/$d) 2>&1 && echo $d; done; true'`);
  expect(await opens('')).toBe('zero\nkmsg\n');
  const inside = await opens('for f in /sys/fs/cgroup/cellblock-*/*/cgroup.procs; do echo $$ > $f; done;');
  expect(inside).toMatch(/^zero\n/);
  expect(inside).toContain('not permitted');
  expect(inside).not.toContain('kmsg\n');
  expect(await answers()).toBe(nonce);
});

test('the service is restarted and stopped, and the jail runs on', async () => {
  test.setTimeout(SLOW * 2);
  const pid = await pidOfJail();
  const startOf = () => root(`cut -d' ' -f22 /proc/${pid}/stat`);
  const started = await startOf();
  await root('systemctl restart cellblock');
  await agentAnswers();
  expect(await pidOfJail()).toBe(pid);
  await root('systemctl stop cellblock');
  expect(await startOf()).toBe(started);
  expect(await answers()).toBe(nonce);
  await root('systemctl start cellblock');
  await agentAnswers();
});

test('after a reboot without the dashboard the jail serves on its address, guarded from its first packet', async () => {
  test.setTimeout(SLOW * 3);
  await stand.must(['down']);
  capture = await captureClaims(stand.segment, [], machine.tap);
  const seconds = await machine.reboot();
  // Nobody had to be killed: systemd waits 90 s for whoever does not end.
  expect(seconds).toBeLessThan(90);
  await expect.poll(answers, { timeout: SLOW }).toBe(nonce);
  await onlyItsOwn();
});

/** What the jail sent since the capture began: its own address, and nothing else in its name. */
async function onlyItsOwn(): Promise<void> {
  // The sender is at work: it says so, and goes on for a while.
  await expect.poll(async () => root('cellblock logs web'), { timeout: SLOW }).toContain('sent 1');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const claims = (await capture?.stop()) ?? [];
  capture = undefined;
  const mac = claims.find(({ address }) => address === JAIL)?.mac;
  expect(mac).toBeTruthy();
  const own = claims.filter((claim) => claim.mac === mac);
  expect(own.length).toBeGreaterThan(3);
  // An ARP probe asks in nobody's name, and the link's own address comes from the hardware's.
  const others = own.filter(
    ({ address }) => ![JAIL, '0.0.0.0'].includes(address) && !address.startsWith('fe80::'),
  );
  expect(others).toEqual([]);
  expect(claims.filter(({ address }) => address === INNER)).toEqual([]);
}

test('root at the host lists, shows, reads logs, runs programs and holds, without the dashboard', async () => {
  test.setTimeout(SLOW * 2);
  expect(await root('cellblock ls')).toContain('web');
  expect(await root('cellblock show web')).toContain(JAIL);
  expect(await root('cellblock logs web')).toContain('forging');
  expect((await machine.shell.run('cellblock exec web -- sh -c "hostname; exit 9"', SLOW)).exitCode).toBe(9);
  await root('cellblock agent hold web --reason "the disk is looked at"');
  expect(await root('cellblock show web')).toContain('the disk is looked at');
  await root('cellblock agent unhold web');
});

test('control: without the guard the same sender is heard on the segment, and the agent puts it back', async () => {
  test.setTimeout(SLOW * 2);
  const table = (await root('nft list tables bridge')).trim().replace('table ', '');
  expect(table).toMatch(/^bridge cellblock_/);
  await root('systemctl stop cellblock');
  let open = await captureClaims(stand.segment, [INNER], machine.tap);
  await root(`nft delete table ${table}`);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect((await open.stop()).length).toBeGreaterThan(0);
  await root('systemctl start cellblock');
  await agentAnswers();
  await expect.poll(() => root('nft list tables bridge'), { timeout: SLOW }).toContain(table);
  open = await captureClaims(stand.segment, [INNER], machine.tap);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await open.stop()).toEqual([]);
});

test('after a power cut it is the same', async () => {
  test.setTimeout(SLOW * 3);
  capture = await captureClaims(stand.segment, [], machine.tap);
  await machine.cutPower();
  await expect.poll(answers, { timeout: SLOW }).toBe(nonce);
  await onlyItsOwn();
});

test('the dashboard comes back and sees the host, and nothing is started anew by that', async () => {
  test.setTimeout(SLOW * 2);
  const pid = await pidOfJail();
  await stand.up();
  await expect.poll(hostState, { timeout: SLOW }).toBe('ready');
  await expect
    .poll(async () => (await stand.json<{ seen: { state: string } | null }[]>('ls'))[0]?.seen?.state, {
      timeout: SLOW,
    })
    .toBe('running');
  expect(await pidOfJail()).toBe(pid);
  expect(await answers()).toBe(nonce);
});

test('purge takes everything back that the line and the jails brought', async () => {
  test.setTimeout(SLOW * 2);
  expect((await stateOfMachine()).filter((line) => line.includes('cellblock'))).not.toEqual([]);
  await root('cellblock down');
  await root('cellblock agent purge --yes');
  // Root changed one line of the bounds: what a person has edited is not ours to remove.
  expect(difference(before, await stateOfMachine())).toEqual([
    '+ file /etc/cellblock',
    '+ file /etc/cellblock/bounds.d',
    '+ file /etc/cellblock/bounds.d/10-default.yaml',
  ]);
});

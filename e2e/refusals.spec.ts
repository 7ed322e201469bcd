import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { inNetns } from './stand/run-program.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
test.beforeAll(async () => {
  stand = await makeStand();
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await stand?.close();
});

test('a port in use is refused with the program that has it', async () => {
  test.setTimeout(900_000);
  const argv = inNetns(['perl', '-MIO::Socket::INET', '-e', listening], stand.segment.site);
  const holder = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await new Promise((ready) => holder.stdout.once('data', ready));
    const up = await stand.cellblock(['up', '--detach'], { timeoutMs: 900_000 });
    expect(up.exitCode).toBe(4);
    expect(up.stderr).toContain('7420');
    expect(up.stderr).toContain('perl');
    expect(up.stderr).toMatch(/fix: .*--port/);
  } finally {
    holder.kill('SIGKILL');
  }
});
const listening =
  'my $held = IO::Socket::INET->new(LocalAddr=>"127.0.0.1",LocalPort=>7420,Listen=>1) or die; $|=1; print "ready\\n"; sleep 900';

test('up without root says so before it does anything', async () => {
  const ended = await stand.cellblock(['up', '--detach'], { as: 65534 });
  expect(ended.exitCode).toBe(5);
  expect(ended.stderr).toMatch(/root[\s\S]*fix: sudo/);
});

test('it comes up afterwards', async () => {
  test.setTimeout(900_000);
  expect(await stand.up()).toContain('/setup/claim?token=');
  const network = await stand.cellblock([
    'network',
    'create',
    'n',
    '--kind',
    'bridge',
    '--subnet',
    '10.20.0.0/24',
  ]);
  expect(network, network.stderr).toMatchObject({ exitCode: 0 });
});

const REFUSED: [string, string[], number, RegExp][] = [
  ['a name of dots alone', ['create', '..'], 2, /<jail>: .*dots/],
  ['a name that is an address', ['create', '10.0.0.1'], 2, /IP address/],
  ['a root with ..', ['create', 'a', '--root', 'dir:/srv/../etc'], 2, /--root: .*\.\./],
  [
    'a root that bounds do not list',
    ['create', 'a', '--root', 'dir:/srv/elsewhere'],
    5,
    /bounds|rootPrefixes/,
  ],
  ['the root of the host', ['create', 'a', '--root', 'dir:/'], 5, /bounds|rootPrefixes|system/],
  ['too little memory', ['create', 'a', '--memory', '1M'], 2, /--memory: .*4 MiB/],
  ['an unknown network', ['create', 'a', '--network', 'none-such'], 3, /none-such/],
  ['an unknown host', ['create', 'a', '--host', 'none-such'], 3, /none-such/],
  ['the address of the gateway', ['create', 'a', '--ip', '10.20.0.1'], 4, /--ip: .*gateway/],
  ['the address of the network', ['create', 'a', '--ip', '10.20.0.0'], 2, /network/],
  ['the broadcast address', ['create', 'a', '--ip', '10.20.0.255'], 2, /broadcast/],
  ['an address of no pool', ['create', 'a', '--ip', '10.77.0.5'], 2, /10\.77\.0\.5/],
  ['no address', ['create', 'a', '--ip', '10.20.0'], 2, /--ip: /],
  [
    'a subnet with host bits',
    ['network', 'create', 'm', '--kind', 'bridge', '--subnet', '10.30.0.5/24'],
    2,
    /10\.30\.0\.0\/24/,
  ],
  [
    'a subnet that overlaps ours',
    ['network', 'create', 'm', '--kind', 'bridge', '--subnet', '10.20.0.128/25'],
    4,
    /overlap|10\.20\.0\.0\/24/,
  ],
  [
    "a subnet that holds the host's own address",
    ['network', 'create', 'm', '--kind', 'bridge', '--subnet', '10.99.0.0/24'],
    4,
    /seg0/,
  ],
  [
    'a parent that bounds do not list',
    ['network', 'create', 'm', '--kind', 'bridge', '--parent', 'lo', '--subnet', '10.30.0.0/24'],
    4,
    /lo/,
  ],
  ['a jail that is not there', ['stop', 'none-such'], 3, /<jail>: .*none-such/],
  ['a role that is none', ['user', 'invite', 'mira', '--role', 'king'], 2, /role/],
  ['a task that is not there', ['task', 'show', 'T-99999'], 3, /T-99999/],
];
test('bad input is refused with its field, its cause and a fix', async () => {
  test.setTimeout(300_000);
  for (const [what, line, exitCode, words] of REFUSED) {
    await test.step(what, async () => {
      const refused = await stand.cellblock(line);
      expect.soft(refused, `${what}: ${refused.stderr}`).toMatchObject({ exitCode, stdout: '' });
      expect.soft(refused.stderr, what).toMatch(words);
      expect.soft(refused.stderr, what).not.toMatch(/\n\s+at /);
    });
  }
});

test('refusals are in the audit history too', async () => {
  const { events } = await stand.json<{ events: { phase: string; summary: string }[] }>('audit', 'search');
  expect(events.filter((event) => event.phase === 'refusal').length).toBeGreaterThan(3);
});

test('an enrolment token that was used is refused the second time', async () => {
  const { token } = await stand.json<{ token: string }>('host', 'enroll');
  const agents = ['2', '3'].map((number) => `${stand.data}-${number}`);
  const runs = [];
  try {
    for (const data of agents) {
      runs.push(
        stand.cellblock(['--data', data, 'agent', 'run', '--dashboard', stand.url, '--token', token]),
      );
      // The first has used the token before the second comes with it.
      await expect
        .poll(() => readOr(`${data}/log/warden.log`), { timeout: 30_000 })
        .toMatch(
          data === agents[0] ? /waiting for approval/ : /was used at .* by host .*cellblock host enroll/,
        );
    }
    const hosts = await stand.json<{ state: string }[]>('host', 'ls');
    expect(hosts.map((host) => host.state).sort()).toEqual(['ready', 'waiting']);
    const { events } = await stand.json<{ events: { summary: string }[] }>('audit', 'search');
    expect(events.map((event) => event.summary).join('\n')).toContain(
      'was refused: This enrolment line was used',
    );
  } finally {
    for (const data of agents) {
      await stand.cellblock(['--data', data, 'down']);
      await stand.cellblock(['--data', data, 'agent', 'purge', '--yes']);
    }
    await Promise.all(runs);
    for (const data of agents) rmSync(data, { recursive: true, force: true });
  }
});

function readOr(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

import { randomBytes } from 'node:crypto';
import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import type { ApplyDocument } from '@cellblock/shared/document';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { expect, test } from '@playwright/test';
import { answerFrom, gapOf, serveNonce, watchFromJail } from './stand/nonce.ts';
import { runProgram } from './stand/run-program.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
const nonces: Record<string, string> = {};
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  await stand.up();
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await stand?.close();
});

type Shown = Extract<ApplyDocument, { kind: 'Jail' }> & {
  seen: { pid: number; state: string; addresses: string[] };
};
const show = (jail: string) => stand.json<Shown>('show', jail);

test('a second up says that it runs, within seconds', async () => {
  const begun = Date.now();
  const again = await stand.cellblock(['up', '--detach']);
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stand.url) });
  expect(Date.now() - begun).toBeLessThan(10_000);
});

test('this machine is a host whose kernel was checked', async () => {
  const [host] = CLI_OUTPUT['host ls'].parse(await stand.json('host', 'ls'));
  expect(host).toMatchObject({ state: 'ready', local: true });
  const checks = CLI_OUTPUT['host check'].parse(await stand.json('host', 'check', host?.name ?? ''));
  expect(checks.length).toBeGreaterThan(5);
});

test('two networks: a bridge of our own, and the segment that outside is on', async () => {
  const own = await stand.cellblock([
    'network',
    'create',
    'inner',
    '--kind',
    'bridge',
    '--subnet',
    '10.20.0.0/24',
    '--subnet',
    'fd20::/64',
    '--nat',
  ]);
  expect(own, own.stderr).toMatchObject({ exitCode: 0 });
  const segment = await stand.cellblock([
    ...['network', 'create', 'segment', '--kind', 'bridge', '--parent', stand.segment.bridge],
    ...['--subnet', stand.segment.subnet],
  ]);
  expect(segment, segment.stderr).toMatchObject({ exitCode: 0 });
  CLI_OUTPUT['network ls'].parse(await stand.json('network', 'ls'));
  expect(await stand.json('network', 'show', 'inner')).toMatchObject({
    kind: 'Network',
    seen: { hosts: [{ present: true }] },
  });
});

test('jails run and answer on their addresses, from the host and from outside', async () => {
  for (const [jail, network] of [
    ['web1', 'segment'],
    ['web2', 'segment'],
    ['third', 'segment'],
    ['inner1', 'inner'],
  ] as const) {
    const made = await stand.cellblock(['create', jail, '--network', network]);
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    nonces[jail] = await serveNonce(stand, jail);
  }
  const jails = CLI_OUTPUT.ls.parse(await stand.json('ls'));
  for (const jail of jails) {
    expect(jail).toMatchObject({ wanted: { state: 'running' }, seen: { state: 'running' }, converged: true });
    expect(jail.seen?.addresses).toEqual(jail.wanted.addresses);
    for (const address of jail.wanted.addresses) {
      expect(await answerFrom(stand.segment.site, address), `${jail.name} ${address}`).toBe(
        nonces[jail.name],
      );
    }
  }
  const web1 = jails.find((jail) => jail.name === 'web1')?.wanted.addresses[0] ?? '';
  expect(await answerFrom(stand.segment.outside, web1)).toBe(nonces.web1);
});

test("exec passes streams, stdin, user and the command's own status", async () => {
  const sh = await stand.cellblock(
    ['exec', 'web1', '-u', '1000', '--', 'sh', '-c', 'cat; id -u >&2; exit 42'],
    {
      stdin: 'through the wall\n',
    },
  );
  expect(sh).toEqual({ exitCode: 42, stdout: 'through the wall\n', stderr: '1000\n' });
  const killed = await stand.cellblock(['exec', 'web1', '--', 'sh', '-c', 'kill -9 $$']);
  expect(killed.exitCode).toBe(137);
  const missing = await stand.cellblock(['exec', 'nojail', '--', 'true']);
  expect(missing).toMatchObject({ exitCode: 125, stderr: expect.stringContaining('nojail') });
});

test('exec -t is a terminal of the size of this one, and passes the status', async () => {
  const shown = "cellblock exec web1 -t -- sh -c 'tty; stty size; exit 7'".replace(
    'cellblock',
    stand.program,
  );
  const ended = await runProgram(['script', '-qec', `stty rows 41 cols 123; ${shown}`, '/dev/null'], {
    netns: stand.segment.site,
    env: { CELLBLOCK_DATA: stand.data },
  });
  expect(ended.stdout).toMatch(/\/dev\/(pts\/\d+|console)\r+\n41 123\r+\n/);
  expect(ended.exitCode).toBe(7);
});

test('a console is typed at, left with its key, and ends with its jail', async () => {
  const made = await stand.cellblock([
    ...['create', 'distro', '--profile', 'system', '--network', 'none', '--restart', 'no', '--'],
    ...['sh', '-c', 'exec sh -i </dev/console >/dev/console 2>&1'],
  ]);
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  const nonce = randomBytes(6).toString('hex');
  const at = (stdin: string) => stand.cellblock(['console', 'distro'], { stdin });
  expect(await at(`echo $((6*7))-${nonce}\r\u001dexit\r`)).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/Ctrl-\] leaves it[\s\S]*Left the console/),
  });
  const said = async () => (await stand.cellblock(['logs', 'distro'])).stdout;
  await expect.poll(said).toContain(`42-${nonce}`);
  expect(await at('exit 3\r')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`42-${nonce}`),
    stderr: expect.stringContaining('distro has ended.'),
  });
  expect(await stand.cellblock(['console', 'web1'])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/web1 has no console[\s\S]*cause: Its profile is daemon[\s\S]*fix: /),
  });
  const { events } = CLI_OUTPUT['audit search'].parse(
    await stand.json('audit', 'search', 'kind:jail.console phase:outcome'),
  );
  expect(events.map(({ summary }) => summary).sort()).toEqual([
    'the console of distro ended with its jail',
    'the console of distro was left',
    'the console of web1 was not opened',
  ]);
  expect((await stand.cellblock(['destroy', 'distro', '--yes'])).exitCode).toBe(0);
});

test('logs are what the command wrote to its console', async () => {
  const made = await stand.cellblock([
    ...['create', 'talker', '--network', 'none', '--', 'sh', '-c'],
    'echo first; echo second; exec sleep infinity',
  ]);
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  await expect
    .poll(async () => (await stand.cellblock(['logs', 'talker'])).stdout)
    .toMatch(/first\r?\nsecond\r?\n/);
  expect((await stand.cellblock(['logs', 'talker', '-n', '1'])).stdout).toMatch(/^second\r?\n$/);
});

test('an address is assigned, released and moved on running jails, whose processes stay', async () => {
  const before = { web1: (await show('web1')).seen.pid, web2: (await show('web2')).seen.pid };
  const address = '10.99.0.77';

  expect((await stand.cellblock(['ip', 'assign', 'web1', address])).exitCode).toBe(0);
  expect(await answerFrom(stand.segment.outside, address)).toBe(nonces.web1);

  // Both ends of the move are watched from a third jail.
  const watching = await watchFromJail(stand, 'third', address);
  const moved = await stand.cellblock(['ip', 'move', address, 'web2']);
  expect(moved, moved.stderr).toMatchObject({ exitCode: 0 });
  const gap = gapOf(await watching.heard, nonces.web1 ?? '', nonces.web2 ?? '');
  expect.soft(gap, `a third jail heard nobody for ${gap} ms`).toBeLessThanOrEqual(100);
  expect(await answerFrom(stand.segment.outside, address)).toBe(nonces.web2);

  expect((await stand.cellblock(['ip', 'release', 'web2', address])).exitCode).toBe(0);
  expect(await answerFrom(stand.segment.outside, address, 1)).toBeNull();
  expect(await answerFrom(stand.segment.site, address, 1)).toBeNull();
  expect(CLI_OUTPUT['ip show'].parse(await stand.json('ip', 'show', address))).toMatchObject({
    state: 'cooling',
  });

  expect({ web1: (await show('web1')).seen.pid, web2: (await show('web2')).seen.pid }).toEqual(before);
});

test('the history of the address says who held it when', async () => {
  const address = '10.99.0.77';
  const history = CLI_OUTPUT['ip history'].parse(await stand.json('ip', 'history', address));
  expect(history.map((record) => record.jail.name)).toEqual(['web2', 'web1']);
  const [second, first] = history;
  // One ends where the other begins: never two holders, and the gap is in the history too.
  expect(Date.parse(second?.wantedFrom ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.wantedFrom ?? ''));
  expect(second?.seenGone).not.toBeNull();
  const at = await stand.cellblock(['ip', 'at', address, first?.seenFrom ?? '', '-o', 'name']);
  expect(at).toMatchObject({ exitCode: 0, stdout: 'web1\n' });
  expect((await stand.cellblock(['ip', 'at', address, '2020-01-01T00:00Z'])).exitCode).toBe(3);
});

test('each act is in the audit history with person, before, after and what the host reports', async () => {
  for (const kind of ['ip.assign', 'ip.move', 'ip.release', 'jail.create', 'network.create']) {
    const { events } = CLI_OUTPUT['audit search'].parse(await stand.json('audit', 'search', `kind:${kind}`));
    // To attach to a bridge that exists is nothing to do; our own bridge is made.
    const intent = events.find((event) => event.phase === 'intent' && event.object.name !== 'segment');
    expect(intent, kind).toBeDefined();
    const detail = CLI_OUTPUT['audit show'].parse(await stand.json('audit', 'show', String(intent?.seq)));
    expect(detail.event.actor).toMatchObject({ type: 'root' });
    // What is taken away has a before, what is made has an after.
    expect(kind === 'ip.release' ? detail.event.before : detail.event.after, kind).not.toBeNull();
    expect(
      detail.outcomes.map((outcome) => outcome.outcome),
      kind,
    ).toContain('applied');
    expect(detail.receipts.length, kind).toBeGreaterThan(0);
    for (const { body } of detail.receipts) expect(body.cause).toBe(detail.event.id);
  }
});

test('an address that is held is refused with its holder and a fix, exit 4', async () => {
  const [held = ''] = (await show('web1')).seen.addresses;
  const refused = await stand.cellblock(['ip', 'assign', 'web2', held]);
  expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
  expect(refused.stderr).toContain('web1');
  expect(refused.stderr).toMatch(/\n {2}fix: /);
});

test('--dry-run prints the steps and changes nothing; --no-wait prints the task', async () => {
  const planned = CLI_OUTPUT['dry run'].parse(
    await stand.json('ip', 'assign', 'web1', '10.99.0.88', '--dry-run'),
  );
  expect(planned.steps.map((step) => step.text).join('\n')).toContain('10.99.0.88');
  expect((await stand.json<AddressView>('ip', 'show', '10.99.0.88')).state).toBe('free');
  const task = await stand.cellblock(['restart', 'inner1', '--no-wait', '-o', 'name']);
  expect(task).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^T-\d+\n$/) });
  await expect
    .poll(async () => (await stand.json<{ state: string }>('task', 'show', task.stdout.trim())).state)
    .toBe('applied');
});

test('a jail is printed, changed and applied again, without being destroyed or restarted', async () => {
  const { pid } = (await show('web1')).seen;
  const printed = await stand.cellblock(['show', 'web1', '-o', 'yaml']);
  const { writeFileSync } = await import('node:fs');
  const file = `${stand.data}/../web1.yaml`;
  writeFileSync(file, printed.stdout.replace('pids: null', 'pids: 200'));
  const plan = await stand.cellblock(['plan', file]);
  expect(plan, plan.stderr).toMatchObject({ exitCode: 0 });
  const applied = await stand.cellblock(['apply', file]);
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  expect((await show('web1')).spec.limits).toMatchObject({ pids: 200 });
  expect((await show('web1')).seen.pid).toBe(pid);
});

test('stop, start, destroy and restore say what was seen', async () => {
  expect((await stand.cellblock(['stop', 'inner1'])).exitCode).toBe(0);
  expect((await show('inner1')).seen.state).toBe('stopped');
  expect((await stand.cellblock(['start', 'inner1'])).exitCode).toBe(0);
  expect((await show('inner1')).seen.state).toBe('running');
  expect((await stand.cellblock(['destroy', 'inner1'])).exitCode).toBe(2);
  expect((await stand.cellblock(['destroy', 'inner1', '--yes'])).exitCode).toBe(0);
  expect((await stand.cellblock(['restore', 'inner1'])).exitCode).toBe(0);
});

test('with the dashboard off, root still lists, shows, reads logs and execs', async () => {
  const held = await stand.cellblock(['agent', 'hold', 'web1', '--reason', 'looking at it']);
  expect(held, held.stderr).toMatchObject({ exitCode: 0 });
  expect((await stand.cellblock(['agent', 'unhold', 'web1'])).exitCode).toBe(0);
  const dashboard = await stand.pidOf('dashboard');
  // Stopped, not killed: the supervisor would start it again within a second.
  process.kill(await stand.pidOf('supervisor'), 'SIGSTOP');
  process.kill(dashboard, 'SIGKILL');
  try {
    const ls = await stand.cellblock(['ls']);
    expect(ls).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('no dashboard answers on this machine'),
    });
    expect(ls.stdout).toContain('web1\trunning');
    expect((await stand.cellblock(['show', 'web1'])).exitCode).toBe(0);
    expect((await stand.cellblock(['logs', 'web1'])).exitCode).toBe(0);
    const echo = await stand.cellblock(['exec', 'web1', '--', 'echo', 'still here']);
    expect(echo).toMatchObject({ exitCode: 0, stdout: 'still here\n' });
    expect(await stand.cellblock(['console', 'web1'])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('profile is daemon'),
    });
    expect((await stand.cellblock(['ip', 'show', '10.99.0.77'])).exitCode).toBe(8);
  } finally {
    process.kill(await stand.pidOf('supervisor'), 'SIGCONT');
  }
});

test('a token of a viewer reads, and is refused when it changes', async () => {
  await expect.poll(async () => (await stand.cellblock(['ls', '-q'])).stderr).toBe('');
  const token = (
    await stand.cellblock(['token', 'create', 'ci', '--role', 'viewer', '--expires', '1h', '-o', 'name'])
  ).stdout.trim();
  const env = { CELLBLOCK_URL: stand.url, CELLBLOCK_TOKEN: token };
  expect((await stand.cellblock(['ls'], { env })).exitCode).toBe(0);
  expect(await stand.cellblock(['stop', 'web1'], { env })).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining('operator'),
  });
  expect((await stand.cellblock(['token', 'rm', 'ci'])).exitCode).toBe(0);
  expect((await stand.cellblock(['ls'], { env })).exitCode).toBe(5);
});

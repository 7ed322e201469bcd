import { AppError } from '@cellblock/shared/app-error';
import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import type { JailStorage } from '@cellblock/shared/jail-storage';
import { viewTree } from '@cellblock/shared/view-tree';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dashboardOf, procedure, type Recorded, recordedRun, router } from '../test/recorded-run.ts';
import { addressView, jailView, taskView } from '../test/views.ts';

let calls: { path: string; input: unknown; headers: Record<string, unknown> }[] = [];
let taskStates: string[] = [];
/** Of the one jail that there is. */
let storage: JailStorage | undefined;
const recorded = procedure
  .use(async ({ path, getRawInput, ctx, next }) => {
    calls.push({ path, input: await getRawInput(), headers: ctx.headers });
    return await next();
  })
  .input((input) => input as never);

const change = (state: string) => ({ task: { ...taskView, state }, object: jailView });
const app = router({
  jails: router({
    list: recorded.query(() => ({ jails: [jailView], total: 1 })),
    get: recorded.query(({ input }) => {
      const { jail } = input as { jail: string };
      if (jail === 'none') {
        throw new AppError('not-found', 'There is no jail none.', {
          field: 'jail',
          fix: 'cellblock ls lists them.',
        });
      }
      return { ...jailView, settings: { ...jailView.settings, storage } };
    }),
    view: recorded.query(() => viewTree(jailView.settings)),
    prove: recorded.mutation(() => ({
      at: taskView.createdAt,
      pid: 5,
      holds: false,
      rows: [
        {
          path: '/more',
          wanted: null,
          seen: { mode: 'rw', fsType: 'tmpfs', idmapped: false, propagation: 'private' },
          verdict: 'undeclared',
          difference: 'it is mounted, and nothing declares it',
        },
      ],
    })),
    create: recorded.mutation(() => change('applied')),
    configure: recorded.mutation(({ input }) => {
      const { settings } = input as { settings: { storage?: JailStorage } };
      storage = settings.storage ?? storage;
      return change('applied');
    }),
    start: recorded.mutation(() => change('wanted')),
    stop: recorded.mutation(() => change('failed')),
    destroy: recorded.mutation(() => change('applied')),
    logs: recorded.subscription(async function* ({ input }) {
      if ((input as { jail: string }).jail === 'silent')
        throw new AppError('conflict', 'There is no console.');
      if ((input as { jail: string }).jail === 'hostile')
        yield { offset: 0, text: 'a\u001b]52;c;eA==\u0007\u202eb\r\n', dropped: 0 };
      yield { offset: 0, text: 'first\n', dropped: 0 };
      yield { offset: 6, text: 'second\n', dropped: 3 };
    }),
    execOpen: recorded.mutation(() => ({ session: 's1' })),
    consoleOpen: recorded.mutation(({ input }) => {
      const { jail } = input as { jail: string };
      if (jail === 'web1') {
        throw new AppError('conflict', 'Jail web1 has no console.', {
          field: 'jail',
          cause: 'Its profile is daemon.',
          fix: 'cellblock exec web1 -t -- sh',
        });
      }
      return { session: jail };
    }),
    execKill: recorded.mutation(() => leave()),
    execInput: recorded.mutation(() => null),
    execOutput: recorded.subscription(async function* ({ input }) {
      const { session } = input as { session: string };
      if (session !== 's1') {
        yield { type: 'output', stream: 'stdout', data: Buffer.from('login: ').toString('base64') };
        if (session === 'distro') await left;
        const [, lost] = /^lost-(.+)$/.exec(session) ?? [];
        if (lost) yield { type: 'exit', code: null, signal: null, lost };
        else if (session !== 'revoked')
          yield { type: 'exit', code: 0, signal: session === 'halts' ? 2 : null };
        return;
      }
      yield { type: 'output', stream: 'stdout', data: Buffer.from('out').toString('base64') };
      yield { type: 'output', stream: 'stderr', data: Buffer.from('err').toString('base64') };
      yield { type: 'exit', code: 42, signal: null };
    }),
  }),
  ips: router({
    assign: recorded.mutation(({ input }) => {
      if ((input as { address?: string }).address === '10.0.0.9') {
        throw new AppError('conflict', '10.0.0.9 is assigned to web2.', {
          field: 'address',
          cause: 'web2 holds it since 10:00.',
          fix: 'cellblock ip move 10.0.0.9 web1',
        });
      }
      return { task: taskView, object: addressView };
    }),
    show: recorded.query(() => addressView),
    at: recorded.query(({ input }) => {
      const { at } = input as { at: string };
      return { address: '10.0.0.5', at, answer: 'nobody', text: 'Nobody held 10.0.0.5.', record: null };
    }),
  }),
  tasks: router({
    wait: recorded.query(() => ({ ...taskView, state: taskStates.shift() ?? 'applied' })),
  }),
  grants: router({
    revoke: recorded.mutation(() => grantView(null)),
    list: recorded.query(() => [grantView(hostIsBack ? 'revoked' : null)]),
  }),
  networks: router({
    create: recorded.mutation(() => {
      throw new AppError('conflict', 'There is a network lan.', {
        field: 'name',
        cause: 'It was made today.',
        fix: 'Another name: cellblock network create lan2 --subnet 10.0.0.0/24',
      });
    }),
  }),
  documents: router({
    put: recorded.mutation(() => ({
      documents: ['applied', 'failed'].map((state) => ({
        kind: 'Jail',
        name: `web-${state}`,
        act: 'change',
        task: { ...taskView, state },
      })),
    })),
  }),
});

let leave = () => {};
const left = new Promise<null>((resolve) => {
  leave = () => resolve(null);
});
let hostIsBack = true;
const grantView = (ended: GrantView['ended']): GrantView => ({
  ...{ id: '019ab0c0-0000-7000-8000-000000000001', viewer: 'web1', target: 'web2', host: 'h1', by: 'mira' },
  ...{ grantedAt: '2026-11-22T12:00:00.000Z', until: '2026-11-22T13:00:00.000Z' },
  revoking: ended ? null : { by: 'mira', at: '2026-11-22T12:10:00.000Z' },
  ...{ ended, endedAt: ended && '2026-11-22T12:11:00.000Z' },
});

let dashboard: Awaited<ReturnType<typeof dashboardOf>>;
beforeAll(async () => {
  dashboard = await dashboardOf(app);
});
afterAll(() => dashboard.close());
const run = (...line: string[]): Promise<Recorded> => {
  calls = [];
  return dashboard.run(line);
};

test('data goes to stdout as rows with tabs, words to stderr', async () => {
  expect(await run('ls')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^web1\th1\trunning\trunning\t10\.0\.0\.5\t\d+[smhd]\n$/),
    stderr: '',
  });
});

test('at a terminal the table has headings, and colours unless NO_COLOR', async () => {
  const plain = await dashboard.run(['ls'], { tty: true, env: { NO_COLOR: '1' } });
  expect(plain.stdout).toMatch(
    /^NAME {2}HOST {2}WANTED {3}SEEN {5}ADDRESSES {2}SINCE\nweb1 {2}h1 {4}running {2}running/,
  );
  const coloured = await dashboard.run(['ls'], { tty: true });
  expect(coloured.stdout).toContain('\u001b[32mrunning\u001b[0m');
});

test('-o json prints the contract, wanted and seen apart, before the verb or after it', async () => {
  const after = await run('ls', '-o', 'json');
  expect(CLI_OUTPUT.ls.parse(JSON.parse(after.stdout))[0]).toMatchObject({
    wanted: { state: 'running', addresses: ['10.0.0.5'] },
    seen: { state: 'running', addresses: ['10.0.0.5'] },
  });
  expect((await run('-o', 'json', 'ls')).stdout).toBe(after.stdout);
});

test('-o yaml of show is a document that apply takes', async () => {
  const { stdout } = await run('show', 'web1', '-o', 'yaml');
  expect(stdout).toMatch(/^apiVersion: cellblock\/v1\nkind: Jail\n/);
  expect(stdout).toContain('\nseen:\n');
});

test('-o name prints names alone', async () => {
  expect((await run('ls', '-o', 'name')).stdout).toBe('web1\n');
});

test('a refusal names the argument, what to do and the request, and ends with its code', async () => {
  expect(await run('ip', 'assign', 'web1', '10.0.0.9')).toEqual({
    exitCode: 4,
    stdout: '',
    stderr:
      'cellblock: <address>: 10.0.0.9 is assigned to web2.\n  cause: web2 holds it since 10:00.\n' +
      '  fix: cellblock ip move 10.0.0.9 web1\n  request: req-1\n',
  });
  expect(await run('show', 'none')).toMatchObject({ exitCode: 3 });
});

test('create sends what was given and nothing else', async () => {
  const line =
    'create web1 --network none --ip 10.0.0.5 --ip fd00::5 --memory 256M --cpus 0.5 --no-boot --root dir:/srv/x --stop-timeout 5s -- sh -c -o';
  expect((await run(...line.split(' '))).exitCode).toBe(0);
  expect(calls.find((call) => call.path === 'jails.create')?.input).toEqual({
    name: 'web1',
    network: null,
    addresses: ['10.0.0.5', 'fd00::5'],
    settings: {
      root: { kind: 'dir', path: '/srv/x' },
      boot: false,
      limits: { memory: 268435456, cpus: 0.5 },
      command: ['sh', '-c', '-o'],
      stopTimeoutMs: 5000,
    },
    dryRun: false,
  });
});

test('a network is a bridge, also when that is not said', async () => {
  for (const kind of [[], ['--kind', 'bridge']]) {
    const line = ['network', 'create', 'lan', '--subnet', '10.0.0.0/24', ...kind];
    expect(await run(...line)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('<name>: There is'),
    });
    expect(calls.at(-1)).toMatchObject({ path: 'networks.create', input: { name: 'lan', kind: 'bridge' } });
  }
  expect((await run('network', 'create', 'lan', '--subnet', '10.0.0.0/24', '--kind', 'ring')).exitCode).toBe(
    2,
  );
});

test('what a jail sees is said by options, kept in the order of the command line', async () => {
  const line =
    'create web1 --profile strict --root view --tmpfs /scratch:64M:mode=1777,inodes=10 --bind /srv/www:/www:rw,idmapped --mask /proc/cpuinfo ' +
    '--overlay /srv/a+/srv/b:/opt --view sysfs:/sys --bind /srv/x --device net/tun --rlimit nofile=1024 --rlimit core=0 --writable -- /www/run';
  const { exitCode, stderr } = await run(...line.split(' '));
  expect(stderr).not.toContain('fix:');
  expect(exitCode).toBe(0);
  const flags = { nosuid: true, nodev: true, noexec: false, nosymfollow: false };
  const bind = { kind: 'bind', propagation: 'private', ...flags };
  expect(calls.find((call) => call.path === 'jails.create')?.input).toMatchObject({
    settings: {
      profile: 'strict',
      root: { kind: 'view' },
      readOnly: false,
      view: [
        { kind: 'tmpfs', target: '/scratch', size: 67_108_864, mode: '1777', inodes: 10, ...flags },
        { ...bind, source: '/srv/www', target: '/www', readOnly: false, idmapped: true },
        { kind: 'mask', target: '/proc/cpuinfo' },
        { kind: 'overlay', lower: ['/srv/a', '/srv/b'], target: '/opt', readOnly: false, ...flags },
        { kind: 'sysfs', target: '/sys' },
        { ...bind, source: '/srv/x', target: '/srv/x', readOnly: true, idmapped: null },
      ],
      devices: ['net/tun'],
      resourceLimits: { nofile: 1024, core: 0 },
    },
  });
  await run('set', 'web1', '--view', 'none', '--device', 'none');
  expect(calls.findLast((call) => call.path === 'jails.configure')?.input).toMatchObject({
    settings: { view: [], devices: [] },
  });
});

test('a view is shown, and its proof ends with 1 when it does not hold', async () => {
  const shown = await run('view', 'web1');
  expect(shown).toMatchObject({ exitCode: 0 });
  expect(shown.stdout).toContain('/usr\tbind\tro,nosuid,nodev\tnobody’s\troot\t/usr of the host');
  expect(shown.stdout).toContain('names in it covered');
  expect(await run('view', 'web1', '--prove')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('/more\t-\trw\tundeclared\tit is mounted'),
    stderr: expect.stringContaining('does not see what is declared: /more'),
  });
});

test('profiles are shown without asking anybody', async () => {
  const listed = await recordedRun(['profile', 'ls']);
  expect(listed.stdout.split('\n').map((row) => row.split('\t').slice(0, 5))).toEqual([
    ['system', 'yes', 'yes', 'masked', 'yes'],
    ['daemon', 'no', 'yes', 'masked', 'no'],
    ['strict', 'no', 'no', 'own', 'no'],
    [''],
  ]);
  expect((await recordedRun(['profile', 'show', 'strict'])).stdout).toContain('CAP_NET_BIND_SERVICE');
  expect(await recordedRun(['profile', 'show', 'x'])).toMatchObject({ exitCode: 3 });
});

test('set changes the limits that are named and leaves the others', async () => {
  expect((await run('set', 'web1', '--memory', 'none', '--io-read', '5M')).exitCode).toBe(0);
  expect(calls.find((call) => call.path === 'jails.configure')?.input).toEqual({
    jail: 'web1',
    settings: { limits: { ...NO_LIMITS, ioReadBytes: 5 * 2 ** 20 } },
    dryRun: false,
  });
  const nothing = await run('set', 'web1');
  expect(nothing).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('cellblock set web1 --memory'),
  });
  const wrong = await run('set', 'web1', '--io-reads', 'many');
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--io-reads') });
});

test('set keeps the most files of a directory whose size alone is named, and says what holds', async () => {
  storage = { kind: 'directory', size: 2 ** 30, inodes: 20_000 };
  const larger = await run('set', 'web1', '--storage', 'directory:2G');
  expect(larger.stderr).toContain('The files of web1 lie in a directory that ends at 2G and 20000 files');
  expect(calls.findLast((call) => call.path === 'jails.configure')?.input).toMatchObject({
    settings: { storage: { kind: 'directory', size: 2 ** 31, inodes: 20_000 } },
  });
  const emptied = await run('set', 'web1', '--storage', 'directory:2G:none');
  expect(emptied.stderr).toMatch(/lie in a directory that ends at 2G\n/);
  storage = undefined;
});

test('a change whose host does not answer within a minute ends with 6 and names its task, which goes on', async () => {
  taskStates = Array.from({ length: 20 }, () => 'accepted');
  calls = [];
  let clock = Date.parse('2026-11-22T14:00:00Z');
  // Each look at the clock is 10 s later: a minute passes without anybody waiting for it.
  const now = () => {
    clock += 10_000;
    return new Date(clock);
  };
  const ended = await dashboard.run(['start', 'web1'], { now });
  expect(ended.exitCode).toBe(6);
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toContain(`${taskView.id} goes on`);
  expect(ended.stderr).toContain(`cellblock task show ${taskView.id}`);
  const waits = calls.filter((call) => call.path === 'tasks.wait').length;
  expect(waits).toBeGreaterThan(1);
  expect(waits).toBeLessThan(7);
  taskStates = [];
});

test('a change waits for the receipt, and --no-wait prints its task instead', async () => {
  taskStates = ['accepted', 'applied'];
  expect((await run('start', 'web1')).exitCode).toBe(0);
  expect(calls.filter((call) => call.path === 'tasks.wait')).toHaveLength(2);
  const early = await run('start', 'web1', '--no-wait', '-o', 'name');
  expect(early).toMatchObject({ exitCode: 0, stdout: 'T-1\n' });
  expect(calls.some((call) => call.path === 'tasks.wait')).toBe(false);
});

test('a step that failed on the host ends with 1 and its errno', async () => {
  const stopped = await run('stop', 'web1');
  expect(stopped.exitCode).toBe(1);
  expect(stopped.stderr).toContain('kill the jail: ESRCH No such process');
});

test('destroy without a terminal wants --yes', async () => {
  expect(await run('destroy', 'web1')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--yes'),
  });
  expect(calls).toEqual([]);
  expect((await run('rm', 'web1', '--yes')).exitCode).toBe(0);
});

test('destroy at a terminal wants the name', async () => {
  const typed = (word: string) => dashboard.run(['destroy', 'web1'], { tty: true, stdin: `${word}\n` });
  expect((await typed('web2')).exitCode).toBe(1);
  expect((await typed('web1')).exitCode).toBe(0);
});

test('logs print the stream and say what was dropped', async () => {
  expect(await run('logs', 'web1', '-n', '5')).toEqual({
    exitCode: 0,
    stdout: 'first\nsecond\n',
    stderr: '3 bytes were dropped here: the ring was full\n',
  });
});

test('what a jail wrote is not obeyed by the terminal that shows it, and whole in a file', async () => {
  const shown = await dashboard.run(['logs', 'hostile'], { tty: true });
  expect(shown.stdout).toBe('a\\u{1b}]52;c;eA==\\u{7}\\u{202e}b\nfirst\nsecond\n');
  expect((await run('logs', 'hostile')).stdout).toBe('a\u001b]52;c;eA==\u0007\u202eb\r\nfirst\nsecond\n');
});

test('a stream that is refused ends with the refusal', async () => {
  expect(await run('logs', 'silent')).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('There is no console.'),
  });
  expect((await run('logs', 'none')).exitCode).toBe(3);
});

test("exec passes streams and the command's own status", async () => {
  expect(await run('exec', 'web1', '-u', '1000', '--', 'ls', '-o', 'json')).toEqual({
    exitCode: 42,
    stdout: 'out',
    stderr: 'err',
  });
  expect(calls[0]).toMatchObject({
    input: { jail: 'web1', command: ['ls', '-o', 'json'], uid: 1000, tty: null },
  });
});

test('what is wrong with exec itself is 125', async () => {
  expect(await run('exec', 'web1')).toMatchObject({
    exitCode: 125,
    stderr: expect.stringMatching(/missing.*'command'[\s\S]*fix: cellblock exec --help/i),
  });
});

test('a console says first how it is left, and takes what is typed until then', async () => {
  expect(await dashboard.run(['console', 'distro'], { stdin: 'root\r\u001dnobody is sent this' })).toEqual({
    exitCode: 0,
    stdout: 'login: ',
    stderr: expect.stringMatching(
      /^This is the console of distro\. Ctrl-\] leaves it.*\n\nLeft the console of distro/,
    ),
  });
  expect(calls.filter(({ path }) => path === 'jails.execInput').map(({ input }) => input)).toEqual([
    { session: 'distro', data: Buffer.from('root\r').toString('base64') },
  ]);
  expect(calls.map(({ path }) => path)).toContain('jails.execKill');
});

test('a console ends with its jail, and says so when it ended without', async () => {
  expect(await run('console', 'halts')).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('halts has ended.'),
  });
  expect(await run('console', 'revoked')).toMatchObject({
    exitCode: 8,
    stderr: expect.stringMatching(
      /way to the console of revoked has ended[\s\S]*fix: cellblock console revoked/,
    ),
  });
});

test.each([
  ['keeper', /lost; the jail runs on[\s\S]*cause: The keeper[\s\S]*fix: cellblock restart lost-keeper/],
  ['listeners', /More look at[\s\S]*cause: It tells 64[\s\S]*fix: End one/],
  ['terminal', /lost; the jail runs on[\s\S]*cause: It took no more[\s\S]*fix: cellblock restart/],
])('a console that is lost by its %s is not said to have ended with its jail', async (lost, words) => {
  const ran = await run('console', `lost-${lost}`);
  expect(ran).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(words) });
  expect(ran.stderr).not.toContain(`lost-${lost} has ended.`);
});

test('a jail without a console is refused as any other verb refuses', async () => {
  expect(await run('console', 'web1')).toMatchObject({
    exitCode: 4,
    stdout: '',
    stderr: expect.stringMatching(/no console[\s\S]*cause: Its profile is daemon[\s\S]*fix: cellblock exec/),
  });
});

test('at without a holder is exit 3', async () => {
  expect(await run('ip', 'at', '10.0.0.5', '2026-08-03T14:03Z')).toMatchObject({
    exitCode: 3,
    stderr: 'Nobody held 10.0.0.5.\n',
  });
});

test('one failed document of two is exit 7', async () => {
  const { writeFileSync } = await import('node:fs');
  const file = `${dashboard.data}/two.yaml`;
  const document = (name: string) =>
    `apiVersion: cellblock/v1\nkind: Jail\nmetadata: {name: ${name}}\nspec: {}\n`;
  writeFileSync(file, `${document('a')}---\n${document('b')}`);
  expect((await run('apply', file)).exitCode).toBe(7);
  expect(calls[0]).toMatchObject({
    path: 'documents.put',
    input: { documents: [{ kind: 'Jail' }, { kind: 'Jail' }] },
  });
  writeFileSync(file, document('a').replace('spec: {}', 'spec: {memroy: 1G}'));
  expect(await run('apply', file)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('memroy') });
});

test("root's socket is told who stands behind root", async () => {
  await dashboard.run(['ls'], { env: { SUDO_USER: 'mira' } });
  expect(calls.at(-1)?.headers).toMatchObject({ 'x-cellblock-sudo-user': 'mira' });
});

test('nobody but root is let in without a token, and no token travels unencrypted', async () => {
  expect(await recordedRun(['ls'], { uid: 1000 })).toMatchObject({ exitCode: 5 });
  const env = { CELLBLOCK_URL: 'http://cellblock.example', CELLBLOCK_TOKEN: 'cb_x' };
  expect(await recordedRun(['ls'], { uid: 1000, env })).toMatchObject({ exitCode: 2 });
});

test('a dashboard that is off is exit 8 with what to do', async () => {
  expect(await recordedRun(['--data', '/nonexistent', 'ls'])).toMatchObject({
    exitCode: 8,
    stderr: expect.stringMatching(
      /cause: Nobody listens on \/nonexistent\/run\/web\/root\.sock\.\n {2}fix: cellblock up/,
    ),
  });
});

test.each([
  ['no verb of ours', ['frobnicate']],
  ['an unknown option', ['ls', '--frob']],
  ['a missing argument', ['show']],
  ['an unknown form', ['ls', '-o', 'xml']],
  ['a size that is none', ['create', 'a', '--memory', 'lots']],
  ['a bind without a place', ['create', 'a', '--bind', '/a:b:c']],
  ['a bind with two modes', ['create', 'a', '--bind', '/a:/b:ro,rw']],
  ['a scratch without size', ['create', 'a', '--tmpfs', '/a']],
  ['a mount of no kind', ['create', 'a', '--view', 'nfs:/a']],
  ['a profile that is none', ['create', 'a', '--profile', 'lax']],
  ['a resource limit that is none', ['create', 'a', '--rlimit', 'files=3']],
  ['a root that is none', ['create', 'a', '--root', 'disk:x']],
  ['a time that is none', ['ip', 'at', '10.0.0.5', 'yesterday']],
  ['force without a reason', ['ip', 'release', 'a', '10.0.0.5', '--force-unconfirmed']],
  ['a relative data directory', ['--data', 'here', 'ls']],
  ['a word too many', ['ls', 'web1']],
  ['an option without its value', ['create', 'a', '--memory']],
  ['an option that is missing', ['pool', 'create', 'p']],
  ['a number that is none', ['create', 'a', '--cpus', 'many']],
  [
    'a duration that is none',
    ['pool', 'create', 'p', '--network', 'n', '--range', '10.0.0.1', '--cooling', 'x'],
  ],
  ['a range that is none', ['pool', 'create', 'p', '--network', 'n', '--range', '1-2-3']],
  ['an event that is none', ['audit', 'show', 'first']],
  ['two filters', ['audit', 'search', 'kind:ip', '--filter', 'kind:jail']],
  ['a count that is none', ['logs', 'a', '-n', 'few']],
  ['a file that is not there', ['apply', '/nowhere/jail.yaml']],
  ['a certificate without its key', ['up', '--cert', '/c.pem']],
  ['a port that is none', ['up', '--port', '70000']],
])('%s is exit 2, with cause and fix and without a stack', async (_, line) => {
  const failed = await recordedRun(line);
  expect(failed.exitCode).toBe(2);
  expect(failed.stderr).toMatch(/^cellblock: .+\n {2}cause: .+\n {2}fix: .+\n$/);
  expect(failed.stderr).not.toMatch(/\n\s+at /);
});

test('a permission that is revoked while its host is silent is waited for, as other changes are', async () => {
  const ended = await run('grant', 'revoke', 'web1', 'web2');
  expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('no longer sees') });
  const goesOn = await run('grant', 'revoke', 'web1', 'web2', '--no-wait');
  expect(goesOn).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('host h1 is silent') });
  hostIsBack = false;
  let minutes = 0;
  const now = () => new Date(Date.now() + 60_000 * minutes++);
  const late = await dashboard.run(['grant', 'revoke', 'web1', 'web2'], { now });
  expect(late).toMatchObject({ exitCode: 6, stderr: expect.stringContaining('fix: ') });
});

import { FakeProcessTrees } from '@cellblock/native/fake-process-trees';
import { KernelError } from '@cellblock/native/kernel-error';
import type { TreeSpec } from '@cellblock/native/process-tree';
import type { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { ProfileName } from '@cellblock/shared/profile-rules';
import { expect, test } from 'vitest';
import { jailSpec } from '../../test/spec-builders.ts';
import { ExecSessions } from './exec-sessions.ts';
import { openConsole } from './open-console.ts';
import { jailPaths, wardenPaths } from './paths.ts';
import type { Warden } from './warden.ts';

const PATHS = wardenPaths('/data');

function aHost() {
  const trees = new FakeProcessTrees();
  const warden = { host: { trees, paths: PATHS }, exec: new ExecSessions(trees) } as unknown as Warden;
  const start = async (n: number, profile: ProfileName, mounts = profile === 'system') => {
    const jail = jailSpec(n, { settings: { profile } });
    const { run: runDirectory } = jailPaths(PATHS, jail.key);
    const confinement = { noNewPrivileges: true, chroot: true, proc: 'masked', mounts };
    await trees.start({
      runDirectory,
      hostname: jail.name,
      idBase: 65_536,
      idCount: 65_536,
      confinement,
    } as TreeSpec);
    return { jail, runDirectory };
  };
  const open = (jail: JailSpec) => openConsole(warden, jail, { rows: 24, columns: 80 });
  const refusal = (jail: JailSpec) =>
    open(jail).then(
      () => null,
      (error: AppError) => error.refusal,
    );
  return { trees, warden, start, open, refusal };
}

test('what is typed reaches the console, and its end is that of the jail', async () => {
  const { trees, warden, start, open } = aHost();
  const { jail, runDirectory } = await start(1, 'system');
  trees.say(runDirectory, 'login: ');
  const session = await open(jail);
  await warden.exec.input(session, Buffer.from('root\r').toString('base64'));
  trees.end(runDirectory, { code: null, signal: 2 });
  const pieces = [];
  for await (const piece of warden.exec.output(session, undefined)) pieces.push(piece);
  expect(pieces).toEqual([
    { type: 'output', stream: 'stdout', data: Buffer.from('login: root\r').toString('base64') },
    { type: 'exit', code: null, signal: 2 },
  ]);
});

test.each(['daemon', 'strict'] as const)(
  'a jail of profile %s has none, and is told what it has',
  async (profile) => {
    const { start, refusal } = aHost();
    const { jail } = await start(1, profile);
    expect(await refusal(jail)).toMatchObject({
      code: 'conflict',
      field: 'jail',
      cause: expect.stringContaining(`profile is ${profile}`),
      fix: expect.stringContaining(`cellblock exec ${jail.name} -t -- sh`),
    });
  },
);

test('a jail that does not run is refused, and so is one whose /dev/console is another', async () => {
  const { trees, start, refusal } = aHost();
  const { jail, runDirectory } = await start(1, 'system');
  trees.end(runDirectory, { code: 0, signal: null });
  expect(await refusal(jail)).toMatchObject({ field: 'jail', fix: `cellblock start ${jail.name}` });
  const given = await start(2, 'system', false);
  expect(await refusal(given.jail)).toMatchObject({
    field: 'jail',
    cause: expect.stringContaining('/dev/console'),
    fix: expect.stringContaining(`cellblock restart ${given.jail.name}`),
  });
});

test.each([
  ['EPERM', 1, 'ptrace_scope'],
  ['ENOSYS', 38, 'pidfd_getfd'],
])(
  'where the kernel answers %s, that is said, and how to get in all the same',
  async (code, errno, cause) => {
    const { trees, start, refusal } = aHost();
    const { jail } = await start(1, 'system');
    trees.openConsole = async () => {
      throw new KernelError('take the terminal of process 1', code, errno);
    };
    expect(await refusal(jail)).toMatchObject({
      code: 'conflict',
      field: 'jail',
      cause: expect.stringContaining(cause),
      fix: expect.stringContaining(`cellblock exec ${jail.name} -t -- sh`),
    });
  },
);

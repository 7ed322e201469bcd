import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { refuseDirRoot } from './dir-root.ts';

async function host() {
  const directory = await mkdtemp('/tmp/dir-root-');
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'closed/web/etc'), { recursive: true });
  await mkdir(join(directory, 'open/web/etc'), { recursive: true });
  await mkdir(join(directory, 'closed/empty'), { recursive: true });
  await chmod(directory, 0o755);
  await chmod(join(directory, 'closed'), 0o700);
  await symlink(join(directory, 'closed/web'), join(directory, 'link'));
  const rule = async (path: string, rootPrefixes = [directory]) =>
    (await refuseDirRoot({ path, rootPrefixes, dataDirectory: join(directory, 'data') }))?.rule ?? null;
  return { directory, rule };
}

test('a directory below a closed parent and a listed prefix may be a root', async () => {
  const { directory, rule } = await host();
  expect(await rule(join(directory, 'closed/web'))).toBeNull();
});

test('every other one is refused by its rule, with the command that mends it', async () => {
  const { directory, rule } = await host();
  expect(await rule(join(directory, 'closed/web'), [])).toBe('root-prefix');
  expect(await rule(join(directory, 'closed/web'), ['/srv'])).toBe('root-prefix');
  expect(await rule('/', ['/'])).toBe('root-prefix');
  for (const system of ['/etc', '/usr', '/usr/lib', '/root/x', '/dev'])
    expect(await rule(system, ['/'])).toBe('root-system');
  expect(await rule(join(directory, 'data/x'))).toBe('root-data');
  expect(await rule(directory, ['/tmp'])).toBe('root-data');
  expect(await rule(join(directory, 'missing'))).toBe('root-missing');
  expect(await rule(join(directory, 'link'))).toBe('root-link');
  expect(await rule(join(directory, 'closed/empty'))).toBe('root-empty');
  await symlink('etc', join(directory, 'closed/web/...'));
  expect(await rule(join(directory, 'closed/web'))).toBe('root-reserved');
  const open = join(directory, 'open/web');
  expect(await rule(open)).toBe('root-open');
  const refusal = await refuseDirRoot({
    path: open,
    rootPrefixes: [directory],
    dataDirectory: '/var/lib/cellblock',
  });
  expect(refusal?.fix).toBe(
    `On the host, as root: chown root:root ${join(directory, 'open')} && chmod 0700 ${join(directory, 'open')}`,
  );
});

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRegular } from './tar-root.ts';

test('a tarball is opened by its own path only, and no part of that is a link', async () => {
  const directory = await realpath(await mkdtemp('/tmp/tar-root-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'elsewhere'));
  await writeFile(join(directory, 'elsewhere/root.tar'), 'a tarball');
  await symlink(join(directory, 'elsewhere'), join(directory, 'jail'));
  await symlink(join(directory, 'elsewhere/root.tar'), join(directory, 'root.tar'));
  const open = async (name: string) => {
    const file = await openRegular(join(directory, name));
    await file.close();
    return 'opened';
  };
  expect(await open('elsewhere/root.tar')).toBe('opened');
  await expect(open('jail/root.tar')).rejects.toThrow(
    `leads through a link to ${directory}/elsewhere/root.tar`,
  );
  await expect(open('root.tar')).rejects.toThrow('it is a link');
  await expect(open('elsewhere')).rejects.toThrow('it is not a file');
});

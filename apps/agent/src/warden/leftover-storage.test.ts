import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostSpec } from '@cellblock/shared/host-spec';
import { expect, onTestFinished, test } from 'vitest';
import { FakeHost } from '../../test/fake-host.ts';
import { otherRm, REFUSES } from '../../test/other-rm.ts';
import { jailSpec } from '../../test/spec-builders.ts';
import { LeftoverStorage } from './leftover-storage.ts';
import { jailPaths } from './paths.ts';

async function leftBehind(...numbers: number[]) {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const paths = numbers.map((n) => jailPaths(fake.host.paths, jailSpec(n).key).gone);
  for (const path of paths) mkdirSync(join(path, 'storage'), { recursive: true });
  return { fake, paths };
}

test('what nobody names goes; what the spec purges is left to the plan', async () => {
  const { fake, paths } = await leftBehind(1, 2);
  fake.spec = hostSpec(1, [jailSpec(2, { wanted: 'destroyed', purge: true })]);
  const leftovers = new LeftoverStorage(fake.host, () => fake.spec);
  await leftovers.sweep();
  expect(paths.map((path) => existsSync(path))).toEqual([false, true]);
  expect(leftovers.check()).toBeNull();
});

test('what refuses to go is shown with its path and its reason, until it is gone', async () => {
  const { fake, paths } = await leftBehind(1);
  const leftovers = new LeftoverStorage(fake.host, () => null);
  const rm = otherRm(REFUSES);
  await leftovers.sweep();
  const check = leftovers.check();
  expect(check).toMatchObject({ id: 'leftover-storage', verdict: 'warn' });
  expect(check?.evidence).toContain(paths[0]);
  expect(check?.evidence).toContain('Operation not permitted');
  expect(check?.fix).toContain(`rm -rf --one-file-system -- ${paths[0]}`);
  rm.restore();
  await leftovers.sweep();
  expect(leftovers.check()).toBeNull();
  expect(existsSync(paths[0] ?? '')).toBe(false);
});

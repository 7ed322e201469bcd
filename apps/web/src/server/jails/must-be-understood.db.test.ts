import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { configureJail } from './configure-jail.ts';
import { createJail } from './create-jail.ts';

const db = testDb();
const mira = as(db);
const REFUSED = { code: 'conflict', field: 'host', fix: expect.stringContaining('cellblock host enroll') };

beforeAll(async () => {
  const older = await TestHost.enroll(db, 'older');
  delete older.facts.controllers;
  await older.report();
  await (await TestHost.enroll(db, 'newer')).report();
});
afterAll(() => db.$disconnect());

test.each([
  ['a profile', { profile: 'strict' as const }],
  ['a view', { view: [{ kind: 'mask' as const, target: '/proc/stat' }] }],
  ['resource limits', { resourceLimits: { nofile: 64 } }],
  [
    'a file system of its own',
    { storage: { kind: 'file' as const, fileSystem: 'ext4' as const, size: 2 ** 30, inodes: null } },
  ],
  ['a weight', { limits: { ...NO_LIMITS, cpuWeight: 50 } }],
  // Its profile is `system`, unless one is named.
  ['a root of its own', { root: { kind: 'dir' as const, path: '/srv/jails/a' } }],
])('a host of the first build is given no jail with %s: it would leave it out', async (_, settings) => {
  const input = { name: 'web1', network: null, dryRun: true, settings };
  expect(await refusal(createJail(mira, { ...input, host: 'older' }))).toMatchObject(REFUSED);
  expect(await createJail(mira, { ...input, host: 'newer' })).toHaveProperty('plan');
});

test('it is given a jail with what it knows, which stays without the rest', async () => {
  const limits = { ...NO_LIMITS, memory: 64 * 2 ** 20 };
  made(await createJail(mira, { name: 'web1', host: 'older', network: null, settings: { limits } }));
  const strict = configureJail(mira, { jail: 'web1', settings: { profile: 'strict' } });
  expect(await refusal(strict)).toMatchObject(REFUSED);
  made(await configureJail(mira, { jail: 'web1', settings: { boot: false } }));
});

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SightFile } from '@cellblock/shared/sight';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeHost } from '../../../test/fake-host.ts';
import { jailPaths } from '../paths.ts';
import { type SeenJail, Sights } from './sights.ts';

let fake: FakeHost;
let now: number;
let jails: SeenJail[];
beforeEach(async () => {
  fake = await FakeHost.open();
  now = Date.parse('2026-11-22T12:00:00Z');
  fake.host.now = () => new Date(now);
  jails = [1, 2].map((n) => ({ id: randomUUID(), key: `aaaaaaa${'bc'[n - 1]}`, name: `jail${n}` }));
  for (const { key } of jails) mkdirSync(jailPaths(fake.host.paths, key).seen, { recursive: true });
});
afterEach(() => fake.close());

const open = () =>
  Sights.open({
    host: fake.host,
    path: fake.host.paths.sights,
    jail: (id) => jails.find((jail) => jail.id === id),
  });
const fileOf = () => join(jailPaths(fake.host.paths, jails[0]?.key ?? '').seen, 'jail2');
const sight = (minutes: number) => ({
  id: randomUUID(),
  viewer: jails[0]?.id ?? '',
  target: jails[1]?.id ?? '',
  until: new Date(now + minutes * 60_000).toISOString(),
});

test('what is granted is written for the viewer alone, and goes when it is revoked', async () => {
  const sights = await open();
  const granted = sight(60);
  await sights.grant(granted);
  expect(SightFile.parse(JSON.parse(readFileSync(fileOf(), 'utf8')))).toMatchObject({
    jail: 'jail2',
    until: granted.until,
  });
  expect(existsSync(join(jailPaths(fake.host.paths, jails[1]?.key ?? '').seen, 'jail1'))).toBe(false);
  await sights.revoke(granted.id);
  expect(existsSync(fileOf())).toBe(false);
  await sights.revoke(granted.id);
});

test('it ends by the clock of the host, also while no agent ran', async () => {
  const first = await open();
  await first.grant(sight(60));
  now += 59 * 60_000;
  await first.refresh();
  expect(existsSync(fileOf())).toBe(true);
  now += 2 * 60_000;
  const later = await open();
  expect(later.all()).toHaveLength(1);
  await later.start();
  await later.stop();
  expect(existsSync(fileOf())).toBe(false);
  expect((await open()).all()).toEqual([]);
});

test('a jail that is gone is shown to nobody', async () => {
  const sights = await open();
  await sights.grant(sight(60));
  const { length } = jails.splice(1, 1);
  expect(length).toBe(1);
  await sights.refresh();
  expect(sights.all()).toEqual([]);
  expect(existsSync(fileOf())).toBe(false);
});

test('jails of other hosts are refused by name of the field', async () => {
  const sights = await open();
  await expect(sights.grant({ ...sight(60), target: randomUUID() })).rejects.toMatchObject({
    refusal: { code: 'not-found', field: 'target' },
  });
});

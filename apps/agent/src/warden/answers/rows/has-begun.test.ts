import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { outside } from '../../stage/outside.ts';
import type { Ended } from '../../stage/stage-jail.ts';
import { staysUntilSeen } from './ambush.ts';
import { hasBegun } from './has-begun.ts';

const directory = mkdtempSync(join(tmpdir(), 'has-begun-'));
afterAll(() => rmSync(directory, { recursive: true }));
const sign = join(directory, 'sign');
const failed: Ended = { stdout: '', stderr: 'no such place', code: 1, signal: null };

test('of a program that gives no sign its words are told, and one that runs on is not waited for', async () => {
  const begins = (work: Promise<Ended>) => hasBegun(sign, { who: 'the accomplice', work, withinMs: 20 });
  await expect(begins(Promise.resolve(failed))).rejects.toThrow(
    'the accomplice did not begin: no such place',
  );
  await expect(begins(new Promise(() => undefined))).rejects.toThrow('it runs and gives no sign');
  writeFileSync(sign, '');
  await begins(Promise.resolve(failed));
});

/** In its own time, which is bounded by what it is told. */
const stays = (seconds: number) =>
  outside(['perl', '-e', staysUntilSeen(sign, Math.ceil(Date.now() / 1000) + seconds)], {
    environment: {},
    timeoutMs: 30_000,
  });

test('whoever stays until it was seen leaves when nobody looks any more', async () => {
  writeFileSync(sign, '.');
  expect(await stays(1)).toMatchObject({ code: 0, stderr: '' });
});

test('control: it leaves long before that when it was looked at', async () => {
  writeFileSync(sign, '.');
  let looks = 1;
  const looking = setInterval(() => writeFileSync(sign, '.'.repeat(++looks)), 20);
  const began = performance.now();
  expect(await stays(25)).toMatchObject({ code: 0, stderr: '' });
  clearInterval(looking);
  expect(performance.now() - began).toBeLessThan(20_000);
});

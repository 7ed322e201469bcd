import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bootId } from './facts.ts';
import { FIRST_ID_BASE, ID_COUNT, IdRanges, isRange, RANGE_COUNT } from './id-ranges.ts';

async function ranges(etcFiles: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ids-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(etcFiles)) await writeFile(join(directory, name), content);
  const registry = join(directory, 'ids');
  return Object.assign(() => new IdRanges({ registry, etc: directory }), { registry });
}

const claim = (jailKey: string, instance = 'aaaaaaaa', preferred: number | null = null) => ({
  instance,
  jailKey,
  preferred,
});

test('there are 4,094 ranges and only their first ids are ranges', () => {
  expect(RANGE_COUNT).toBe(4094);
  expect([0, 1, 1000, FIRST_ID_BASE - ID_COUNT, FIRST_ID_BASE + 1].some(isRange)).toBe(false);
  expect(isRange(FIRST_ID_BASE) && isRange(FIRST_ID_BASE + 4093 * ID_COUNT)).toBe(true);
  expect(isRange(FIRST_ID_BASE + 4094 * ID_COUNT)).toBe(false);
});

test('a thousand claims at once by two agents never meet; a jail keeps its own', async () => {
  const open = await ranges();
  const keys = Array.from({ length: 500 }, (_, i) => `jail${i}`);
  // In turns: what one of them saw a moment ago, the other has taken since.
  const [one, other] = [open(), open()];
  const bases = await Promise.all(
    keys.flatMap((key) => [one.claim(claim(key)), other.claim(claim(key, 'bbbbbbbb'))]),
  );
  expect(new Set(bases).size).toBe(1000);
  expect(bases.every(isRange)).toBe(true);
  expect(await open().claim(claim('jail7'))).toBe(bases[14]);
  expect(await open().claim(claim('jail7', 'bbbbbbbb'))).toBe(bases[15]);
}, 60_000);

test('claims of one agent are made in the order in which they are asked for, each of the lowest free range', async () => {
  const ids = (await ranges())();
  const bases = await Promise.all(Array.from({ length: 50 }, (_, i) => ids.claim(claim(`jail${i}`))));
  expect(bases).toEqual(bases.map((_, i) => FIRST_ID_BASE + i * ID_COUNT));
});

test('what a killed claim left is swept by its own agent, and nobody else', async () => {
  const registry = await mkdtemp(join(tmpdir(), 'ids-'));
  onTestFinished(() => rm(registry, { recursive: true }));
  const ids = new IdRanges({ registry });
  const base = await ids.claim(claim('a'));
  const drafts = ['.aaaaaaaa-b', '.bbbbbbbb-c'];
  for (const draft of drafts) await writeFile(join(registry, draft), 'x');
  await ids.sweep('aaaaaaaa');
  expect((await readdir(registry)).sort()).toEqual(['.bbbbbbbb-c', String(base)]);
});

test('ranges of the host’s own accounts are passed over', async () => {
  const open = await ranges({
    subuid: `someone:${FIRST_ID_BASE + 10}:5\n`,
    passwd: `odd:x:${FIRST_ID_BASE + ID_COUNT}:0::/:/bin/sh\n`,
  });
  expect(await open().claim(claim('jail'))).toBe(FIRST_ID_BASE + 2 * ID_COUNT);
});

test('a released range is free again, and a jail gets back what it had', async () => {
  const open = await ranges();
  const base = FIRST_ID_BASE + 100 * ID_COUNT;
  expect(await open().claim(claim('a', 'aaaaaaaa', base))).toBe(base);
  expect(await open().claim(claim('b', 'bbbbbbbb', base))).toBe(FIRST_ID_BASE);
  await open().release({ instance: 'bbbbbbbb', jailKey: 'a' });
  expect((await open().list()).map((c) => c.base).sort()).toEqual([FIRST_ID_BASE, base]);
  await open().release({ instance: 'aaaaaaaa', jailKey: 'a' });
  expect((await open().list()).map((c) => c.base)).toEqual([FIRST_ID_BASE]);
});

test('a range is not given back while the first process that has it lives', async () => {
  const open = await ranges();
  const base = await open().claim(claim('a'));
  const record = join(open.registry, `${base}.tree`);
  const written = (pid: number, at: number) => writeFile(record, `${pid} ${at}\n`);
  await written(process.pid, Math.ceil(uptime() * 100));
  await expect(open().release(claim('a'))).rejects.toMatchObject({
    refusal: { message: `Process ${process.pid} still has the ids from ${base}.` },
  });
  expect((await open().list()).map((c) => c.base)).toEqual([base]);
  expect(await readdir(open.registry)).toContain(`${base}.tree`);
  const ends = setTimeout(() => void rm(record), 30);
  await open().release(claim('a'));
  clearTimeout(ends);
  expect(await open().claim(claim('a'))).toBe(base);
  // The number is another's now, which began after it was written down.
  await written(process.pid, 1);
  await open().release(claim('a'));
  expect(await readdir(open.registry)).toEqual([]);
});

test('a range that a process of an earlier boot had is given back, whoever has its number now', async () => {
  const open = await ranges();
  const base = await open().claim(claim('a'));
  const written = (boot: string) =>
    writeFile(join(open.registry, `${base}.tree`), `${process.pid} ${Math.ceil(uptime() * 100)} ${boot}\n`);
  // Control: of this boot.
  await written(await bootId());
  await expect(open().release(claim('a'))).rejects.toMatchObject({ refusal: { evidence: { base } } });
  await written(randomUUID());
  await open().release(claim('a'));
  expect(await readdir(open.registry)).toEqual([]);
});

test('the registry goes with its last claim, and comes back with the next', async () => {
  const open = await ranges();
  const ids = open();
  const first = await ids.claim(claim('jail1'));
  ids.removeWhenEmpty();
  expect(await open().list()).toHaveLength(1);
  await ids.release(claim('jail1'));
  ids.removeWhenEmpty();
  ids.removeWhenEmpty();
  await expect(readdir(open.registry)).rejects.toThrow('ENOENT');
  expect(await ids.claim(claim('jail2'))).toBe(first);
});

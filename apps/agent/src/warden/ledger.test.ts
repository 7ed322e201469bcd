import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostSpec, type NetworkSpec, type SpecPut } from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';
import { expect, onTestFinished, test } from 'vitest';
import { Ledger } from './ledger.ts';

const dashboard = randomUUID();
const epoch = randomUUID();

function network(name: string): NetworkSpec {
  return {
    kind: 'network',
    id: randomUUID(),
    key: 'aaaaaa',
    name,
    cause: randomUUID(),
    wanted: 'present',
    parent: null,
    subnets: [{ prefix: '10.0.0.0/24', gateway: '10.0.0.1' }],
    nat: false,
  };
}

function put(
  generation: number,
  base: number | null,
  changed: NetworkSpec[],
  result: NetworkSpec[],
): SpecPut {
  const digest = specDigest(hostSpec(generation, result).objects);
  return { dashboard, epoch, generation, base, changed, removed: [], digest, expect: [] };
}

async function ledgerDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('what was accepted is there after a restart, differences included', async () => {
  const directory = await ledgerDirectory();
  const ledger = await Ledger.open(directory);
  const [a, b] = [network('a'), network('b')];
  expect(ledger.spec).toBeNull();
  expect(await ledger.put(put(1, null, [a], [a]))).toEqual({ result: 'accepted', generation: 1 });
  expect(await ledger.put(put(2, 1, [b], [a, b]))).toEqual({ result: 'accepted', generation: 2 });
  const again = await Ledger.open(directory);
  expect(again.spec).toEqual(hostSpec(2, [a, b]));
});

test('a wrong base or digest asks for everything, an older generation freezes', async () => {
  const ledger = await Ledger.open(await ledgerDirectory());
  const [a, b] = [network('a'), network('b')];
  await ledger.put(put(5, null, [a], [a]));
  expect((await ledger.put(put(7, 6, [b], [a, b]))).result).toBe('resync');
  expect((await ledger.put(put(6, 5, [b], [b]))).result).toBe('resync');
  expect((await ledger.put(put(4, null, [b], [b]))).result).toBe('frozen');
  const restored = { ...put(4, null, [b], [b]), epoch: randomUUID() };
  expect(await ledger.put(restored)).toMatchObject({
    result: 'frozen',
    reason: expect.stringContaining('restored'),
  });
  expect(ledger.spec).toEqual(hostSpec(5, [a]));
});

test('the same generation again is harmless', async () => {
  const ledger = await Ledger.open(await ledgerDirectory());
  const a = network('a');
  await ledger.put(put(1, null, [a], [a]));
  expect(await ledger.put(put(1, null, [a], [a]))).toEqual({ result: 'accepted', generation: 1 });
});

test('an object that cannot be read is reported and the others are taken', async () => {
  const ledger = await Ledger.open(await ledgerDirectory());
  const a = network('a');
  const answer = await ledger.put({ ...put(1, null, [a], [a]), changed: [a, { kind: 'jail', id: 'x' }] });
  expect(answer.result).toBe('accepted');
  expect(ledger.spec).toEqual(hostSpec(1, [a]));
  expect(ledger.unreadable).toMatchObject([{ key: 'jail/x' }]);
});

test('a line cut by a crash is dropped; a changed byte yields no spec and keeps the evidence', async () => {
  const directory = await ledgerDirectory();
  const ledger = await Ledger.open(directory);
  const [a, b] = [network('a'), network('b')];
  await ledger.put(put(1, null, [a], [a]));
  await ledger.put(put(2, 1, [b], [a, b]));
  await appendFile(join(directory, 'journal.jsonl'), '0123 {"generation":3');
  const again = await Ledger.open(directory);
  expect(again.spec).toEqual(hostSpec(2, [a, b]));
  const journal = join(directory, 'journal.jsonl');
  await writeFile(journal, (await readFile(journal, 'utf8')).replace('"name":"b"', '"name":"c"'));
  expect((await Ledger.open(directory)).spec).toBeNull();
  expect((await readdir(directory)).filter((name) => name.includes('corrupt'))).toHaveLength(2);
});

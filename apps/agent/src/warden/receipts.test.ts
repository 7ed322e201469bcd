import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { Receipt } from '@cellblock/shared/receipt';
import { expect, onTestFinished, test } from 'vitest';
import { agentKeyOf } from './agent-key.ts';
import { type ReceiptDraft, Receipts, receiptHash } from './receipts.ts';

const host = '0b0c7a2e-4a5e-4f0c-9f0e-0d6a3c1f2b11';
const { privateKey } = generateKeyPairSync('ed25519');
const key = agentKeyOf(privateKey);

async function inDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'receipts-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { directory, reopen: () => Receipts.open({ directory, host: () => host, sign: key.sign }) };
}

function draft(text: string): ReceiptDraft {
  return {
    generation: 1,
    cause: null,
    object: 'host',
    step: { kind: 'guard.install' },
    text,
    result: 'done',
    errno: null,
    message: null,
    before: null,
    after: undefined,
    at: '2026-11-22T00:00:00.000Z',
    durationMs: 1.5,
    bounds: 'x',
  };
}

test('receipts are dense, chained, and signed with the host key', async () => {
  const { reopen } = await inDirectory();
  const receipts = await reopen();
  await Promise.all(['a', 'b', 'c'].map((text) => receipts.append(draft(text))));
  const kept = await receipts.after(0, 10);
  expect(kept.map((receipt) => receipt.body.seq)).toEqual([1, 2, 3]);
  const [, second, third] = kept;
  expect(second && third?.body.prev === receiptHash(second.body)).toBe(true);
  for (const { body, signature } of kept) {
    const message = Buffer.from(canonicalJson(body));
    expect(verify(null, message, createPublicKey(privateKey), Buffer.from(signature, 'base64'))).toBe(true);
    const changed = Buffer.from(canonicalJson({ ...body, text: 'other' }));
    expect(verify(null, changed, createPublicKey(privateKey), Buffer.from(signature, 'base64'))).toBe(false);
  }
});

test('the chain goes on after a restart, and a line that a crash cut off is not in it', async () => {
  const { directory, reopen } = await inDirectory();
  const first = await (await reopen()).append(draft('a'));
  await appendFile(join(directory, '00000000.jsonl'), '{"body":{"v":1');
  const again = await reopen();
  expect(again.newest).toBe(1);
  // What follows a cut line must not be glued to it.
  const second = await again.append(draft('b'));
  expect(second.body.prev).toBe(receiptHash(first.body));
  expect((await (await reopen()).after(0, 10)).map((receipt) => receipt.body.text)).toEqual(['a', 'b']);
});

test('acknowledged files are removed and the chain still goes on', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  for (let i = 0; i < 300; i++) await receipts.append(draft(String(i)));
  await receipts.acknowledge(299);
  expect((await receipts.after(0, 1))[0]?.body.seq).toBe(257);
  expect((await readdir(directory)).sort()).toEqual(['00000001.jsonl', 'head.json']);
  // Across the border of two files, and no more than was asked for.
  for (let i = 300; i < 600; i++) void receipts.append(draft(String(i)));
  await receipts.append(draft('600'));
  expect((await receipts.after(510, 4)).map(({ body }) => body.seq)).toEqual([511, 512, 513, 514]);
  expect(await receipts.after(601, 4)).toEqual([]);
  await receipts.acknowledge(512);
  const again = await reopen();
  expect(again.newest).toBe(601);
  expect((await again.after(0, 1))[0]?.body.seq).toBe(513);
});

/** Appends together, and says which of them were promised. */
async function together(receipts: Receipts, texts: string[]): Promise<string[]> {
  const ended = await Promise.allSettled(texts.map((text) => receipts.append(draft(text))));
  return ended.map(({ status }) => status);
}

/** A file that cannot be written, as on a disk that is full; until the directory in its place is removed. */
async function refuseFile(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  return path;
}

function expectChain(kept: Receipt[]): void {
  expect(kept.map(({ body }) => body.seq)).toEqual(kept.map((_, at) => at + 1));
  for (const [at, { body }] of kept.slice(1).entries())
    expect(body.prev).toBe(receiptHash((kept[at] as Receipt).body));
}

test('of a batch over two files that which is on the disk is of the chain, also when the second is refused', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  await together(receipts, Array(254).fill('early'));
  const second = await refuseFile(directory, '00000001.jsonl');
  const ended = await together(receipts, ['255', '256', '257', '258']);
  expect(ended).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(receipts.newest).toBe(256);
  await rm(second, { recursive: true });
  await receipts.append(draft('later'));
  for (const each of [receipts, await reopen()]) {
    const kept = await each.after(0, 1_000);
    expect(kept.slice(254).map(({ body }) => body.text)).toEqual(['255', '256', '257', '258', 'later']);
    expectChain(kept);
  }
});

test('what an attempt left behind the good lines of a file is cut off before more is written', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  await receipts.append(draft('a'));
  const file = join(directory, '00000000.jsonl');
  await appendFile(file, '{"body":{"v":1');
  await receipts.append(draft('b'));
  await appendFile(file, '{"body":{"v":1\n\0\0\n');
  const again = await reopen();
  await again.append(draft('c'));
  const kept = await again.after(0, 10);
  expect(kept.map(({ body }) => body.text)).toEqual(['a', 'b', 'c']);
  expectChain(kept);
});

test('where a number lies twice in a file, that which the chain goes on from is given out', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  await together(receipts, Array(255).fill('early'));
  const file = join(directory, '00000000.jsonl');
  const before = await readFile(file, 'utf8');
  await receipts.append(draft('promised to nobody'));
  const stray = (await readFile(file, 'utf8')).slice(before.length);
  await writeFile(file, before);
  const again = await reopen();
  await together(again, ['256', '257']);
  const lines = await readFile(file, 'utf8');
  await writeFile(file, before + stray + lines.slice(before.length));
  const kept = await (await reopen()).after(0, 1_000);
  expect(kept.slice(254).map(({ body }) => body.text)).toEqual(['early', '256', '257']);
  expectChain(kept);
});

test('what was done and could not be written is written before anything newer, and asked for until then', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  await expect(receipts.caughtUp()).resolves.toBeUndefined();
  const file = await refuseFile(directory, '00000000.jsonl');
  expect(await together(receipts, ['a', 'b'])).toEqual(['rejected', 'rejected']);
  await expect(receipts.append({ ...draft('refused'), result: 'refused' })).rejects.toThrow('EISDIR');
  await expect(receipts.append(draft('c'))).rejects.toThrow('EISDIR');
  await expect(receipts.caughtUp()).rejects.toThrow('EISDIR');
  await rm(file, { recursive: true });
  await receipts.caughtUp();
  await receipts.append(draft('d'));
  await receipts.caughtUp();
  const kept = await receipts.after(0, 10);
  expect(kept.map(({ body }) => body.text)).toEqual(['a', 'b', 'c', 'd']);
  expectChain(kept);
});

test('what waits for a disk that takes nothing is bounded', async () => {
  const { directory, reopen } = await inDirectory();
  const receipts = await reopen();
  const file = await refuseFile(directory, '00000000.jsonl');
  await together(receipts, Array(4_200).fill('a'));
  await rm(file, { recursive: true });
  await receipts.caughtUp();
  expect(receipts.newest).toBe(4_096);
});

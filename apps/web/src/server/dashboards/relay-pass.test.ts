import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { PassReader, type RelayPass, writePass } from './relay-pass.ts';

const key = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const signWith = (pair: typeof key) => (data: Buffer) => sign(null, data, pair.privateKey).toString('base64');
const me = randomUUID();
const reader = () => new PassReader(me, (data, signature) => verify(null, data, key.publicKey, signature));
const pass = (more: Partial<RelayPass> = {}): RelayPass => ({
  v: 1,
  from: randomUUID(),
  to: me,
  host: randomUUID(),
  nonce: randomUUID(),
  at: 1_000_000,
  ...more,
});
const NOW = 1_000_500;

test('a pass is taken once', () => {
  const given = pass();
  const text = writePass(given, signWith(key));
  const read = reader();
  expect(read.read(text, NOW)).toEqual(given);
  expect(read.read(text, NOW)).toBeNull();
});

test.each([
  ['signed by another key', writePass(pass(), signWith(other))],
  ['for another dashboard', writePass(pass({ to: randomUUID() }), signWith(key))],
  ['too old', writePass(pass({ at: NOW - 60_001 }), signWith(key))],
  ['from a clock that is far ahead', writePass(pass({ at: NOW + 60_001 }), signWith(key))],
  ['changed', writePass(pass(), signWith(key)).replace(/^..../, 'AAAA')],
  ['with something behind it', `${writePass(pass(), signWith(key))}.x`],
  ['empty', ''],
  ['without a signature', writePass(pass(), signWith(key)).split('.')[0] ?? ''],
])('one that is %s is not taken', (_, text) => {
  expect(reader().read(text, NOW)).toBeNull();
});

test('one that was used stays used for as long as it could be shown', () => {
  const read = reader();
  const text = writePass(pass({ at: NOW }), signWith(key));
  expect(read.read(text, NOW - 59_000)).not.toBeNull();
  expect(read.read(text, NOW + 60_000)).toBeNull();
});

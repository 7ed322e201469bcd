import { expect, test } from 'vitest';
import { refuseOtherSettings } from './other-settings.ts';

const running = { port: 7420, listen: '127.0.0.1', url: 'http://localhost:7420', agent: true };
const nothing = { port: null, listen: null, url: null, tls: null, agent: true, databaseUrl: null };
const database = 'postgresql://u:secret@db/c';
const tls = { cert: '/etc/c.pem', key: '/etc/k.pem' };

test('up may be said again: without settings, or with those that are in force', () => {
  const started = { ...tls, databaseUrl: database };
  expect(() => refuseOtherSettings(nothing, running, started)).not.toThrow();
  expect(() => refuseOtherSettings(nothing, { ...running, agent: false }, {})).not.toThrow();
  const same = { port: 7420, listen: '127.0.0.1', url: 'http://localhost:7420/' };
  expect(() =>
    refuseOtherSettings({ ...nothing, ...same, tls, databaseUrl: database }, running, started),
  ).not.toThrow();
  const without = { ...nothing, agent: false };
  expect(() => refuseOtherSettings(without, { ...running, agent: false }, {})).not.toThrow();
});

test.each([
  ['port', { port: 7421 }],
  ['listen', { listen: '192.0.2.10' }],
  ['url', { url: 'https://c.example' }],
  ['cert', { tls: { ...tls, cert: '/etc/new.pem' } }],
  ['key', { tls: { ...tls, key: '/etc/new.pem' } }],
  ['no-agent', { agent: false }],
  ['DATABASE_URL', { databaseUrl: 'postgresql://u:other@db/c' }],
])('another %s is refused, and not passed over in silence', (field, asked) => {
  let refusal: unknown;
  try {
    refuseOtherSettings({ ...nothing, ...asked }, running, { ...tls, databaseUrl: database });
  } catch (error) {
    refusal = (error as { refusal: unknown }).refusal;
  }
  expect(refusal).toMatchObject({ code: 'conflict', field, fix: expect.stringContaining('cellblock down') });
  expect(JSON.stringify(refusal)).not.toMatch(/secret|undefined|null/);
});

test.each([
  ['cert', { tls }],
  ['DATABASE_URL', { databaseUrl: database }],
])('%s is refused where none is in force', (field, asked) => {
  expect(() => refuseOtherSettings({ ...nothing, ...asked }, running, {})).toThrow(
    expect.objectContaining({ refusal: expect.objectContaining({ field }) }),
  );
});

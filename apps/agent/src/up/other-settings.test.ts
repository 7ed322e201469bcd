import { expect, test } from 'vitest';
import { refuseOtherSettings } from './other-settings.ts';

const running = { port: 7420, listen: '127.0.0.1', url: 'http://localhost:7420' };
const nothing = { port: null, listen: null, url: null };

test('up may be said again: without settings, or with those that are in force', () => {
  expect(() => refuseOtherSettings(nothing, running)).not.toThrow();
  expect(() =>
    refuseOtherSettings({ port: 7420, listen: '127.0.0.1', url: 'http://localhost:7420/' }, running),
  ).not.toThrow();
});

test.each([
  ['port', { port: 7421 }],
  ['listen', { listen: '192.0.2.10' }],
  ['url', { url: 'https://c.example' }],
] as const)('another %s is refused, and not passed over in silence', (field, asked) => {
  let refusal: unknown;
  try {
    refuseOtherSettings({ ...nothing, ...asked }, running);
  } catch (error) {
    refusal = (error as { refusal: unknown }).refusal;
  }
  expect(refusal).toMatchObject({ code: 'conflict', field, fix: expect.stringContaining('cellblock down') });
});

import { expect, test } from 'vitest';
import { type JailFacts, jailCan } from './jail-can.ts';

const jail = (
  wanted: JailFacts['wanted']['state'],
  state: string,
  restorableUntil: string | null = null,
) => ({
  name: 'web1',
  wanted: { state: wanted },
  state,
  restorableUntil,
});

test('a running jail can be stopped, restarted and destroyed, and not started', () => {
  const running = jail('running', 'running');
  expect(jailCan.stop(running) ?? jailCan.restart(running) ?? jailCan.destroy(running)).toBe(null);
  expect(jailCan.start(running)?.fix).toContain('cellblock restart web1');
});

test('a jail whose process ended can be started', () => {
  expect(jailCan.start(jail('running', 'stopped'))).toBe(null);
  expect(jailCan.start(jail('running', 'failed'))).toBe(null);
  expect(jailCan.start(jail('stopped', 'stopped'))).toBe(null);
});

test('a destroyed jail can be restored until it is purged', () => {
  const kept = jail('destroyed', 'destroyed', '2026-11-23T00:00:00Z');
  expect(jailCan.restore(kept)).toBe(null);
  expect(jailCan.purge(kept)).toBe(null);
  expect(jailCan.start(kept)?.fix).toContain('cellblock restore web1');
  const purged = jail('destroyed', 'destroyed', null);
  expect(jailCan.restore(purged)?.message).toContain('purged');
});

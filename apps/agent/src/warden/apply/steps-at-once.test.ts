import type { Step } from '@cellblock/shared/step';
import { expect, test } from 'vitest';
import { countAtOnce } from './steps-at-once.ts';

const of = (jail: string) => ({ object: `jail/${jail}` as const, cause: null, jail, name: jail });
const setting = (jail: string, key: string) =>
  ({ ...of(jail), kind: 'netns.setting', key, value: '0' }) as Step;
const guardPort = (jail: string) => ({ ...of(jail), kind: 'guard.port.add', port: `v${jail}` }) as Step;
const guardAddress = (jail: string) =>
  ({
    ...of(jail),
    kind: 'guard.address.add',
    port: `v${jail}`,
    mac: '02:00:00:00:00:01',
    address: '10.0.0.5',
  }) as Step;
const routes = ['10.0.0.0/24', '0.0.0.0/0'].map(
  (destination) => ({ ...of('a'), kind: 'route.add', link: 'eth0', destination, gateway: null }) as Step,
);

test('settings of one jail are done at once, and end where another jail or kind begins', () => {
  const steps = [setting('a', 'x'), setting('a', 'y'), setting('b', 'x'), guardPort('b')];
  expect([0, 1, 2, 3].map((at) => countAtOnce(steps, at))).toEqual([2, 1, 1, 1]);
});

test("a jail's entries in the guard go together, whichever set they are in", () => {
  expect(countAtOnce([guardAddress('a'), guardPort('a'), guardAddress('a')], 0)).toBe(3);
});

test('what may need the step before it is done after it', () => {
  expect(countAtOnce(routes, 0)).toBe(1);
});

import type { HostStatus } from '@cellblock/shared/host-status';
import { expect, test } from 'vitest';
import { type Facts, type JudgedTask, verdictOf } from './verdict.ts';
import type { Want } from './want.ts';

const HOST = '00000000-0000-4000-8000-0000000000f1';
const JAIL = '00000000-0000-4000-8000-0000000000a1';
const ADDRESS = '00000000-0000-4000-8000-0000000000b1';
const EVENT = '00000000-0000-7000-8000-0000000000e1';

const want = (word: Extract<Want, { type: 'jail' }>['want'], startNumber = 2): Want => ({
  type: 'jail',
  id: JAIL,
  want: word,
  startNumber,
  host: HOST,
  generation: 7,
});
const task = (...wants: Want[]): JudgedTask => ({ event: EVENT, hosts: [HOST], wants });
const jail = (more: object) => ({ id: JAIL, state: 'running', startNumber: 2, hold: null, ...more });
const facts = (status: object, more: Partial<Facts> = {}): Facts => ({
  hosts: new Map([
    [
      HOST,
      {
        id: HOST,
        name: 'h1',
        receiptSeq: 5,
        status: {
          accepted: 7,
          converged: 7,
          jails: [],
          networks: [],
          addresses: [],
          problems: [],
          refused: [],
          receipts: 5,
          ...status,
        } as unknown as HostStatus,
      },
    ],
  ]),
  addresses: new Map(),
  gone: new Set(),
  accounted: new Set(),
  ...more,
});
const problem = {
  key: `jail/${JAIL}`,
  step: 's',
  code: null,
  message: 'm',
  cause: EVENT,
  attempts: 1,
  nextTryAt: 'x',
};

const cases: [name: string, task: JudgedTask, facts: Facts, state: string][] = [
  ['running as wanted', task(want('running')), facts({ jails: [jail({})] }), 'applied'],
  ['an older generation', task(want('running')), facts({ accepted: 6, jails: [jail({})] }), 'wanted'],
  ['an older start', task(want('running')), facts({ jails: [jail({ startNumber: 1 })] }), 'accepted'],
  [
    'started and ended since',
    task(want('running')),
    facts({ jails: [jail({ state: 'failed' })] }),
    'applied',
  ],
  ['receipts are missing', task(want('running')), facts({ receipts: 6, jails: [jail({})] }), 'accepted'],
  ['still running', task(want('stopped')), facts({ jails: [jail({})] }), 'accepted'],
  ['purged and gone', task(want('destroyed')), facts({}, { gone: new Set([JAIL]) }), 'applied'],
  ['settings of a generation not yet true', task(want('configured')), facts({ converged: 6 }), 'accepted'],
  [
    'settings that were accounted for',
    task(want('configured')),
    facts({ converged: 6 }, { accounted: new Set([EVENT]) }),
    'applied',
  ],
  [
    'a first failure',
    task(want('running')),
    facts({ jails: [jail({ startNumber: 1 })], problems: [problem] }),
    'accepted',
  ],
  [
    'a third failure',
    task(want('running')),
    facts({ jails: [jail({ startNumber: 1 })], problems: [{ ...problem, attempts: 3 }] }),
    'failed',
  ],
  [
    "the host's own trouble",
    task(want('running')),
    facts({ problems: [{ ...problem, key: 'host', cause: null, attempts: 3 }] }),
    'failed',
  ],
  [
    "another object's trouble",
    task(want('running')),
    facts({ problems: [{ ...problem, key: 'jail/x', cause: null, attempts: 9 }] }),
    'accepted',
  ],
  [
    'refused by the host',
    task(want('running')),
    facts({ refused: [{ key: `jail/${JAIL}`, rule: 'r', message: 'm', cause: EVENT }] }),
    'refused',
  ],
  [
    'held at the host',
    task(want('running')),
    facts({ jails: [jail({ startNumber: 1, hold: { by: 'root', reason: 'r', at: '' } })] }),
    'accepted',
  ],
];

test.each(cases)('%s', (_name, judged, known, state) => {
  expect(verdictOf(judged, known).state).toBe(state);
});

test('an address is present or absent by what its own host confirmed', () => {
  const present: Want = { type: 'address', id: ADDRESS, want: 'present' };
  const absent: Want = { type: 'address', id: ADDRESS, want: 'absent' };
  const row = (seenFrom: Date | null, seenGone: Date | null) =>
    facts({}, { addresses: new Map([[ADDRESS, { jailId: JAIL, seenFrom, seenGone }]]) });
  const now = new Date();
  expect(verdictOf(task(present), facts({})).state).toBe('accepted');
  expect(verdictOf(task(present), row(null, null)).state).toBe('accepted');
  expect(verdictOf(task(present), row(now, null)).state).toBe('applied');
  expect(verdictOf(task(absent), row(now, null)).state).toBe('accepted');
  expect(verdictOf(task(absent), row(now, now)).state).toBe('applied');
});

test('who holds a jail, and why, is said of its addresses too', () => {
  const hold = { by: 'root', reason: 'inventory', at: '' };
  const row = (seenFrom: Date | null) =>
    facts(
      { jails: [jail({ hold })] },
      { addresses: new Map([[ADDRESS, { jailId: JAIL, seenFrom, seenGone: null }]]) },
    );
  const given = task({ type: 'address', id: ADDRESS, want: 'present' });
  expect(verdictOf(given, row(null)).message).toContain('root holds it on host h1');
  expect(verdictOf(given, row(new Date()))).toMatchObject({ state: 'applied', message: null });
});

test('who holds a jail, and why, is said', () => {
  const held = facts({
    jails: [jail({ startNumber: 1, hold: { by: 'root', reason: 'inventory', at: '' } })],
  });
  expect(verdictOf(task(want('running')), held).message).toContain(
    'root holds it on host h1 against remote changes: inventory',
  );
});

test('what failed or is refused on a host says why in words, and what to do', () => {
  const busy = {
    ...problem,
    step: 'remove group web',
    code: 'EBUSY',
    message: 'remove group web: EBUSY (41)',
  };
  const failed = verdictOf(
    task(want('running')),
    facts({ jails: [jail({ startNumber: 1 })], problems: [{ ...busy, attempts: 3 }] }),
  );
  expect(failed.refusal).toMatchObject({
    cause: 'Something uses it: 41 (EBUSY). It was tried 3 times.',
    fix: expect.stringContaining('h1'),
  });
  const ground = { rule: 'bounds-jails', message: 'm', fix: 'maxJails: 2', cause: EVENT };
  const refused = facts({ refused: [{ key: `jail/${JAIL}`, ...ground }] });
  expect(verdictOf(task(want('running')), refused).refusal).toMatchObject({
    cause: expect.stringContaining('bounds-jails'),
    fix: 'maxJails: 2',
  });
});

import { expect, test } from 'vitest';
import { type AssignmentQuestion, assignmentConflict } from './assignment-conflict.ts';
import { ConflictKind } from './ip-assignment.ts';

const web1 = { id: 'a1', name: 'web1' };
const web2 = { id: 'a2', name: 'web2' };
const since = new Date('2026-11-10T14:03:00Z');
const free: AssignmentQuestion = {
  address: '10.0.0.5',
  jail: web2,
  network: { name: 'lan', subnets: [{ prefix: '10.0.0.0/24', gateway: '10.0.0.1' }] },
  pools: [{ name: 'lan', first: '10.0.0.1', last: '10.0.0.254' }],
  current: null,
  cooling: null,
  reservation: null,
  onWire: null,
  next: '10.0.0.9',
};
const current = {
  jail: web1,
  host: { name: 'h3' },
  state: 'assigned' as const,
  since,
  by: 'mira',
  successor: null,
};

test('a free address of a pool can be had', () => expect(assignmentConflict(free)).toBe(null));

const cases: [name: string, change: Partial<AssignmentQuestion>, kind: ConflictKind, says: string][] = [
  ['held', { current }, 'assigned', '10.0.0.5 is assigned to web1 since 10 Nov 2026 14:03 UTC.'],
  [
    'releasing',
    { current: { ...current, state: 'releasing' } },
    'assigned',
    '10.0.0.5 is being taken back from web1 since 10 Nov 2026 14:03 UTC.',
  ],
  [
    'moving, also for the jail that had it',
    { jail: web1, current: { ...current, state: 'releasing', successor: { id: 'a3', name: 'db1' } } },
    'assigned',
    '10.0.0.5 is moving from web1 to db1.',
  ],
  ['own already', { jail: web1, current }, 'assigned', '10.0.0.5 is assigned to web1'],
  [
    'reserved',
    { reservation: { first: '10.0.0.5', last: '10.0.0.5', reason: 'printer', until: null, by: 'mira' } },
    'reserved',
    '10.0.0.5 is reserved: printer',
  ],
  [
    'cooling',
    { cooling: { jail: web1, until: since } },
    'cooling',
    '10.0.0.5 is cooling until 10 Nov 2026 14:03 UTC, after web1 had it.',
  ],
  ['outside', { pools: [] }, 'outside-pool', '10.0.0.5 lies in no pool of network lan.'],
  ['other subnet', { address: '10.9.0.5' }, 'outside-pool', '10.9.0.5 lies in no pool of network lan.'],
  [
    'duplicate',
    { onWire: { host: 'h3', link: 'eth0' } },
    'duplicate-on-wire',
    '10.0.0.5 is in use on eth0 of host h3.',
  ],
  [
    'network address',
    { address: '10.0.0.0' },
    'network-or-broadcast',
    '10.0.0.0 is the network address of 10.0.0.0/24.',
  ],
  [
    'broadcast address',
    { address: '10.0.0.255' },
    'network-or-broadcast',
    '10.0.0.255 is the broadcast address of 10.0.0.0/24.',
  ],
  ['gateway', { address: '10.0.0.1' }, 'gateway', '10.0.0.1 is the gateway of network lan.'],
  [
    'other family',
    { address: 'fd00::5' },
    'family-mismatch',
    'fd00::5 is IPv6, and network lan has 10.0.0.0/24 only.',
  ],
];

test.each(cases)('%s', (_name, change, kind, says) => {
  const found = assignmentConflict({ ...free, ...change });
  expect(found?.evidence.kind).toBe(kind);
  expect(found?.message).toContain(says);
  expect(found?.fix).toMatch(/^Take 10\.0\.0\.9, the next free one\./);
  expect(found?.cause).toBeTruthy();
});

test('all kinds but the overlap of pools, which no single address has, are covered', () => {
  const covered = new Set(cases.map(([, , kind]) => kind));
  expect(ConflictKind.options.filter((kind) => !covered.has(kind))).toEqual(['pool-overlap']);
});

test('the last holder retakes a releasing or cooling address', () => {
  const releasing = { ...current, state: 'releasing' as const };
  expect(assignmentConflict({ ...free, jail: web1, current: releasing })).toBe(null);
  expect(assignmentConflict({ ...free, jail: web1, cooling: { jail: web1, until: since } })).toBe(null);
});

test('without a free address the fix is a command', () => {
  expect(assignmentConflict({ ...free, next: null, current })?.fix).toBe(
    'Move it: cellblock ip move 10.0.0.5 web2',
  );
});

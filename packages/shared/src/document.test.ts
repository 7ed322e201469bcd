import { expect, test } from 'vitest';
import { ApplyDocument, documentSettings, jailDocument } from './document.ts';
import { NO_LIMITS } from './jail-limits.ts';
import type { JailView } from './views/jail-view.ts';

const jail: JailView = {
  id: '0192f0c1-0000-7000-8000-000000000001',
  name: 'web1',
  host: { id: '0192f0c1-0000-7000-8000-000000000002', name: 'h1', state: 'ready' },
  state: 'running',
  wanted: { state: 'running', startNumber: 1 },
  converged: false,
  addresses: [],
  root: 'host-usr',
  usage: null,
  limits: { ...NO_LIMITS, memory: 268435456, cpus: 0.5 },
  startedAt: null,
  seenAt: '2026-08-03T14:03:00.000Z',
  createdAt: '2026-08-03T14:00:00.000Z',
  problem: null,
  key: 'abcdefgh',
  settings: {
    hostname: 'web1',
    root: { kind: 'host-usr', ephemeral: true },
    readOnly: false,
    profile: 'daemon',
    view: [],
    devices: [],
    resourceLimits: {},
    command: ['sleep', 'infinity'],
    environment: { LANG: 'C' },
    limits: { ...NO_LIMITS, memory: 268435456, cpus: 0.5 },
    dns: [],
    boot: true,
    restart: 'on-failure',
    stopTimeoutMs: 90_000,
  },
  interfaces: [
    {
      id: '0192f0c1-0000-7000-8000-000000000003',
      name: 'eth0',
      mac: '02:00:00:00:00:01',
      network: { id: '0192f0c1-0000-7000-8000-000000000004', name: 'n1', reach: 'host' },
      addresses: (['assigned', 'wanted', 'releasing'] as const).map((state, index) => ({
        id: `0192f0c1-0000-7000-8000-00000000001${index}`,
        address: `10.0.0.${index + 2}`,
        prefixLength: 24,
        state,
        wantedFrom: '2026-08-03T14:00:00.000Z',
        seenFrom: null,
      })),
    },
  ],
  seen: null,
  destroyedAt: null,
  restorableUntil: null,
};

test('a jail printed and applied again gives the settings it has', () => {
  const parsed = ApplyDocument.parse(jailDocument(jail));
  if (parsed.kind !== 'Jail') throw new Error('not a jail');
  expect(documentSettings(parsed.spec, null)).toEqual(jail.settings);
});

test('a document wants what is wanted, not what is on its way out', () => {
  const document = jailDocument(jail);
  expect(document.kind === 'Jail' && document.spec.interfaces?.[0]?.addresses).toEqual([
    '10.0.0.2',
    '10.0.0.3',
  ]);
});

test('what a document leaves out stays as it is', () => {
  const parsed = ApplyDocument.parse({
    apiVersion: 'cellblock/v1',
    kind: 'Jail',
    metadata: { name: 'web1' },
    spec: { limits: { pids: 50 } },
    seen: { state: 'anything' },
  });
  if (parsed.kind !== 'Jail') throw new Error('not a jail');
  expect(documentSettings(parsed.spec, jail.settings)).toEqual({
    limits: { ...NO_LIMITS, memory: 268435456, cpus: 0.5, pids: 50 },
  });
});

test.each<[object, object]>([
  [{ profile: 'strict' }, { profile: 'strict', readOnly: true }],
  [
    { profile: 'strict', readOnly: false },
    { profile: 'strict', readOnly: false },
  ],
  [{ profile: 'system' }, { profile: 'system', readOnly: false }],
  [{ profile: 'daemon' }, { profile: 'daemon' }],
])('%j of a jail that is a daemon sets %j: another profile decides about the root', (spec, expected) => {
  const parsed = ApplyDocument.parse({
    ...{ apiVersion: 'cellblock/v1', kind: 'Jail', metadata: { name: 'web1' }, spec },
  });
  if (parsed.kind !== 'Jail') throw new Error('not a jail');
  expect(documentSettings(parsed.spec, { ...jail.settings, profile: 'daemon' })).toEqual(expected);
});

test('a misspelt field is refused by its name', () => {
  const result = ApplyDocument.safeParse({
    apiVersion: 'cellblock/v1',
    kind: 'Jail',
    metadata: { name: 'web1' },
    spec: { memroy: '1G' },
  });
  expect(result.error?.issues[0]).toMatchObject({
    code: 'unrecognized_keys',
    keys: ['memroy'],
    path: ['spec'],
  });
});

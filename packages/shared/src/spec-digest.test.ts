import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { hostSpec, JailSpec, type SpecObject } from './host-spec.ts';
import { laterSettings } from './later-settings.ts';
import { specDigest } from './spec-digest.ts';

const id = '0192f0c1-2d3e-4f50-8a1b-2c3d4e5f6071';
/** A jail as the first build has it, dashboard and agent alike: it knows no other keys. */
const first = {
  kind: 'jail',
  id,
  key: 'abcdefgh',
  name: 'web1',
  cause: id,
  wanted: 'running',
  purge: false,
  startNumber: 1,
  settings: {
    hostname: 'web1',
    root: { kind: 'host-usr', ephemeral: false },
    readOnly: false,
    command: null,
    environment: { A: '1' },
    limits: { memory: 4194304, cpus: null, pids: null },
    dns: [],
    boot: true,
    restart: 'on-failure',
    stopTimeoutMs: 30_000,
  },
  interfaces: [],
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** As the first build takes it: over all that it holds. */
const digestOfFirst = sha256(`jail/${id} ${sha256(canonicalJson(first))}\n`);
const digest = (jail: SpecObject) => specDigest(hostSpec(1, [jail]).objects);
const withSettings = (settings: object) =>
  JailSpec.parse({ ...first, settings: { ...first.settings, ...settings } });

test('a jail that uses nothing of later builds has the digest that the first build takes of it', () => {
  const read = JailSpec.parse(first);
  expect(read.settings).toMatchObject({ profile: 'daemon', view: [], limits: { ioWeight: null } });
  expect(digest(read)).toBe(digestOfFirst);
  expect(digest(withSettings({ storage: { kind: 'directory' } }))).toBe(digestOfFirst);
  expect(laterSettings(read.settings)).toEqual([]);
});

test.each([
  ['profile', { profile: 'strict' }],
  ['storage', { storage: { kind: 'file', size: 2 ** 30 } }],
  ['storage', { storage: { kind: 'directory', size: 2 ** 30 } }],
  ['view', { view: [{ kind: 'mask', target: '/proc/stat' }] }],
  ['devices', { devices: ['kvm'] }],
  ['resourceLimits', { resourceLimits: { nofile: 64 } }],
  ['limits.cpuWeight', { limits: { memory: 4194304, cpuWeight: 50 } }],
  ['limits.ioReadBytes', { limits: { memory: 4194304, ioReadBytes: 2 ** 20 } }],
  ['root', { root: { kind: 'view' } }],
])('%s makes it another, and is named', (name, settings) => {
  const jail = withSettings(settings);
  expect(digest(jail)).not.toBe(digestOfFirst);
  expect(laterSettings(jail.settings)).toEqual([name]);
});

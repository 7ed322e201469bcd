import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import type { TreeSpec } from '@cellblock/native/process-tree';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AttackSite, BUILD_MS, PROGRAMS } from './attack-site.ts';
import { declaredBy, givenGroups, OF_A_WRITABLE_ROOT, SKIPS_AT_MOST, unknownSkips } from './declared.ts';
import { hostPicture } from './host-picture.ts';
import { attackAsInit, attackByExec } from './run-probes.ts';
import { entriesIn, type Finding } from './verdicts.ts';

const entries = entriesIn(execFileSync(join(PROGRAMS, 'probe'), ['--list'], { encoding: 'utf8' }));
const WATCHED = [...['spawn', 'keeper', 'probe'].map((name) => join(PROGRAMS, name)), '/usr/bin/env'];
const PATIENCE = 120_000;

/** Of runc, Incus, FreeBSD's jails, bubblewrap and the kernel, as far as a jail of ours has such a part. */
const ADVISORIES = [
  'CVE-2013-1858 CVE-2014-7970 CVE-2015-2925 CVE-2016-8649 CVE-2016-9962 CVE-2016-10124 CVE-2017-5226 CVE-2018-18955',
  'CVE-2019-5736 CVE-2019-14271 CVE-2020-15257 CVE-2021-30465 CVE-2021-41091 CVE-2022-0185 CVE-2022-0492 CVE-2022-0811',
  'CVE-2022-0847 CVE-2022-24769 CVE-2022-29162 CVE-2022-34918 CVE-2023-0386 CVE-2023-2640 CVE-2023-32233 CVE-2023-32629',
  'CVE-2024-1086 CVE-2024-21626 CVE-2024-45310 CVE-2025-15576 CVE-2025-31133 CVE-2025-52565 CVE-2025-52881 CVE-2026-48750',
].flatMap((line) => line.split(' '));

let site: AttackSite;
let before: Record<string, string>;
const told = new Map<string, string[]>();

beforeAll(async () => {
  before = hostPicture(WATCHED);
  site = await AttackSite.open();
}, BUILD_MS);
afterAll(() => site.remove());

function judge(profile: Profile, way: string, findings: Finding[]): void {
  for (const { probe, verdict } of findings)
    told.set(probe, [...(told.get(probe) ?? []), `${profile} ${way}: ${verdict}`]);
  expect(findings.map(({ probe }) => probe).sort(), 'each probe has answered').toEqual(
    entries.map(({ name }) => name).sort(),
  );
  expect(findings.filter(({ verdict }) => verdict === 'BREACH')).toEqual([]);
  expect(unknownSkips(findings)).toEqual([]);
  expect(findings.filter(({ verdict }) => verdict === 'SKIP').length).toBeLessThanOrEqual(SKIPS_AT_MOST);
  // What was not declared is never ALLOWED.
  const allowed = findings.filter(({ verdict }) => verdict === 'ALLOWED').map(({ probe }) => probe);
  expect(allowed.filter((probe) => !(probe in declaredBy(profile)))).toEqual([]);
}

const specFor = (profile: Profile, uid: number): Promise<TreeSpec> =>
  site.spec(profile, {
    uid,
    gid: uid,
    environment: {
      ...site.environment(profile),
      PROBE_ALLOWED: Object.keys(declaredBy(profile)).join(','),
    },
  });

describe.each(Object.keys(PROFILES) as Profile[])('a jail of the profile %s holds', (profile) => {
  describe.each([0, 1000])('user %i', (uid) => {
    test(
      'as the first process',
      async () => {
        judge(profile, `init ${uid}`, await attackAsInit(site, site.trees, await specFor(profile, uid)));
      },
      PATIENCE,
    );

    test(
      'by exec, and by exec of an agent that did not start it',
      async () => {
        const spec = await specFor(profile, uid);
        // Its first process is root's, whoever enters.
        await site.trees.start({ ...spec, uid: 0, gid: 0 });
        try {
          judge(profile, `exec ${uid}`, await attackByExec(site.trees, spec));
          const later = createLinuxProcessTrees({ programs: PROGRAMS });
          judge(profile, `exec ${uid} of another agent`, await attackByExec(later, spec));
        } finally {
          await site.stop(spec.runDirectory);
        }
      },
      PATIENCE,
    );
  });
});

describe.each<[TreeSpec['root']['kind'], Profile]>([
  ['directory', 'system'],
  ['directory', 'daemon'],
  ['view', 'daemon'],
  ['view', 'strict'],
])('a jail whose root is a %s, of the profile %s, holds', (kind, profile) => {
  test(
    'as the first process and by exec',
    async () => {
      const root: TreeSpec['root'] = kind === 'view' ? { kind } : { kind: 'directory', ...site.ownRoot() };
      const { mounts, environment } = await specFor(profile, 0);
      const ofRoot = kind === 'view' ? {} : { ...OF_A_WRITABLE_ROOT, ...givenGroups(profile) };
      const allowed = Object.keys({ ...declaredBy(profile), ...ofRoot });
      const changes: Partial<TreeSpec> = {
        root,
        mounts: [...mounts, { kind: 'tmpfs', target: '/tmp', size: '16m', mode: '1777' }],
        environment: { ...environment, PROBE_ALLOWED: allowed.join(',') },
      };
      const first = await attackAsInit(site, site.trees, await site.spec(profile, changes));
      const spec = await site.spec(profile, changes);
      await site.trees.start(spec);
      const second = await attackByExec(site.trees, spec).finally(() => site.stop(spec.runDirectory));
      for (const findings of [first, second]) {
        expect(findings).toHaveLength(entries.length);
        expect(findings.filter(({ verdict }) => verdict === 'BREACH')).toEqual([]);
        expect(unknownSkips(findings)).toEqual([]);
        expect(findings.filter(({ verdict }) => verdict === 'SKIP').length).toBeLessThanOrEqual(
          SKIPS_AT_MOST,
        );
      }
    },
    PATIENCE,
  );
});

test('the victim on the host is not had either', async () => {
  const names = entries.map(({ name }) => name).filter((name) => name.startsWith('victim-'));
  const environment = site.environment('daemon', 'host');
  const findings = await attackAsInit(site, site.trees, await site.spec('daemon', { environment }), names);
  expect(findings.map(({ probe }) => probe)).toEqual(names);
  expect(findings.filter(({ verdict }) => verdict !== 'HELD')).toEqual([]);
});

describe('after all of them', () => {
  test('no signal reached a victim, and both live', () => {
    expect(site.harm()).toBe('');
    for (const pid of [site.victimPid, site.hostVictimPid]) expect(existsSync(`/proc/${pid}/exe`)).toBe(true);
  });

  test('settings, name and programs of the host are what they were', () => {
    expect(hostPicture(WATCHED)).toEqual(before);
  });

  test('the canary is as it was, and nothing of the jails is mounted on the host', () => {
    expect(readFileSync(site.canary, 'utf8')).toBe(`canary ${site.nonce}\n`);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    expect(mounts.split('\n').filter((line) => line.includes(site.directory))).toEqual([]);
  });
});

describe('the suite', () => {
  test('has its 150 probes, and each section of the catalogue has some', () => {
    expect(entries.length).toBeGreaterThanOrEqual(150);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    // Section I is of what people read of a jail: no probe sees it, the tests of texts do.
    const inert = join(import.meta.dirname, '../../../../packages/shared/src/inert-text.test.ts');
    expect(existsSync(inert)).toBe(true);
    for (const section of ['A', 'B', 'C', 'D', 'E', 'H'])
      expect(entries.filter((entry) => entry.section === section).length, section).toBeGreaterThanOrEqual(8);
  });

  test('repeats the advisories that concern us', () => {
    const named = new Set(entries.flatMap(({ cves }) => cves));
    const races = readFileSync(join(import.meta.dirname, 'races.attack.test.ts'), 'utf8');
    for (const cve of ADVISORIES) expect(named.has(cve) || races.includes(cve), cve).toBe(true);
  });

  test.each(entries.map(({ name, must }) => [name, must]))('%s: %s', (name) => {
    const verdicts = told.get(name) ?? [];
    expect(verdicts).toHaveLength(18);
    expect(verdicts.filter((verdict) => verdict.endsWith('BREACH'))).toEqual([]);
  });
});

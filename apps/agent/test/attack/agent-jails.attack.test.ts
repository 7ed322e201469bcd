import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jailPaths } from '../../src/warden/paths.ts';
import { jailSpec } from '../spec-builders.ts';
import { Stand } from '../stand.ts';
import { AttackSite, BUILD_MS, PROGRAMS } from './attack-site.ts';
import { declaredBy, unknownSkips } from './declared.ts';
import { hostPicture } from './host-picture.ts';
import { entriesIn, type Finding, findingsIn } from './verdicts.ts';

// The same attacks on jails that a real agent made, from a spec that a dashboard sent: what the agent adds to a tree,
// or forgets, is in the way or is not.

const PATIENCE = 120_000;
const WATCHED = ['spawn', 'keeper', 'probe'].map((name) => join(PROGRAMS, name));
/** What needs a directory that two jails share; the jails of jails.attack.test.ts have one. */
const SHARED =
  /^(passed-.*|renamed-out|read-only-storage|node-in-storage|set-user-id-host|host-secret|usr-owner)$/;
const names = entriesIn(execFileSync(join(PROGRAMS, 'probe'), ['--list'], { encoding: 'utf8' }))
  .map(({ name }) => name)
  .filter((name) => !SHARED.test(name));
/** The sizes that the probes are told to exceed. */
const LIMITS = { ...NO_LIMITS, memory: 96 * 1024 * 1024, pids: 100 };

let site: AttackSite;
let stand: Stand;
let before: Record<string, string>;
const profiles = Object.keys(PROFILES) as Profile[];
const jails = new Map<Profile, JailSpec>();

beforeAll(async () => {
  before = hostPicture(WATCHED);
  site = await AttackSite.open();
  stand = await Stand.open();
  await stand.start();
  for (const [n, profile] of profiles.entries()) {
    const allowed = Object.keys({ ...declaredBy(profile), ...ofWritableRoot(profile) });
    const jail = jailSpec(n + 1, {
      settings: {
        profile,
        limits: LIMITS,
        // As its first process' own child, once the program is there; then it goes on for those who enter.
        command: [
          '/bin/sh',
          '-c',
          `until [ -x /home/probe ]; do sleep 0.1; done; /home/probe ${names.join(' ')} > /tmp/findings; mv /tmp/findings /home/findings; exec sleep 100000`,
        ],
        environment: {
          ...site.environment(profile),
          PROBE_HOST_WORDS: `${site.nonce},${site.queueKey},${stand.instance}`,
          PROBE_PRIVATE_WORDS: `${hostname()},jail${n + 1}`,
          PROBE_LAID_FILE: '/etc/hosts',
          PROBE_PIDS_LIMIT: String(LIMITS.pids),
          PROBE_MEMORY_LIMIT: String(LIMITS.memory),
          PROBE_ALLOWED: allowed.join(','),
        },
      },
    });
    jails.set(profile, jail);
  }
  await stand.accept([...jails.values()]);
  await stand.until(
    'running',
    ({ jails: seen }) => seen.length === profiles.length && seen.every(({ state }) => state === 'running'),
    60_000,
  );
  for (const profile of profiles) {
    const home = join(storageOf(profile), 'home');
    copyFileSync(join(PROGRAMS, 'probe'), join(home, 'probe.new'));
    renameSync(join(home, 'probe.new'), join(home, 'probe'));
  }
}, BUILD_MS);

afterAll(async () => {
  await stand.close();
  await site.remove();
}, PATIENCE);

/** Nothing yet: the host's /usr makes every root read only, whatever the profile says. */
const ofWritableRoot = (_profile: Profile): Record<string, string> => ({});

function jailOf(profile: Profile): JailSpec {
  const jail = jails.get(profile);
  if (!jail) throw new Error(`no jail of the profile ${profile}`);
  return jail;
}

const storageOf = (profile: Profile): string => jailPaths(stand.paths, jailOf(profile).key).storage;

/** As `cellblock exec` does it: through the warden's own socket. */
async function attackThroughAgent(profile: Profile, uid: number): Promise<Finding[]> {
  const agent = await stand.dashboard();
  const { session } = await agent.jail.execOpen.mutate({
    jail: jailOf(profile).id,
    command: ['/home/probe'],
    uid,
    cause: null,
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    agent.jail.execOutput.subscribe(
      { session },
      {
        onData: (piece) => {
          if (piece.type === 'exit') resolve();
          else if (piece.stream === 'stdout') text += Buffer.from(piece.data, 'base64').toString();
        },
        onError: reject,
      },
    );
  });
  return findingsIn(text).filter(({ probe }) => names.includes(probe));
}

function judge(findings: Finding[]): void {
  expect(findings.map(({ probe }) => probe)).toEqual(names);
  expect(findings.filter(({ verdict }) => verdict === 'BREACH')).toEqual([]);
  expect(unknownSkips(findings)).toEqual([]);
}

describe.each(profiles)("an agent's jail of the profile %s holds", (profile) => {
  test(
    'its own programs',
    async () => {
      const path = join(storageOf(profile), 'home/findings');
      await expect
        .poll(() => execFileSync('sh', ['-c', `cat ${path} 2>/dev/null || true`]).length, {
          timeout: 60_000,
        })
        .toBeGreaterThan(0);
      judge(findingsIn(readFileSync(path, 'utf8')));
    },
    PATIENCE,
  );

  test.each([0, 1000])(
    'who enters as user %i',
    async (uid) => judge(await attackThroughAgent(profile, uid)),
    PATIENCE,
  );
});

describe('after the agent was killed and is back', () => {
  beforeAll(async () => {
    await stand.stop('SIGKILL');
    await stand.start();
    await stand.until('adopted', ({ accepted, converged }) => accepted > 0 && accepted === converged, 60_000);
  }, PATIENCE);

  describe.each(profiles)('the profile %s', (profile) => {
    test.each([0, 1000])(
      'holds who enters as user %i',
      async (uid) => judge(await attackThroughAgent(profile, uid)),
      PATIENCE,
    );
  });

  test('the host and the victims are as they were', () => {
    expect(site.harm()).toBe('');
    expect(hostPicture(WATCHED)).toEqual(before);
  });

  test('a set-user-id program that a jail made is nothing to a user of the host', () => {
    const path = join(storageOf('system'), 'home/set-user-id');
    execFileSync('sh', ['-c', `cp ${PROGRAMS}/probe ${path}; chmod 4755 ${path}`]);
    const asNobody = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      'sh',
      '-c',
      `exec ${path} effective-user`,
    ];
    // Nobody gets there; whoever got a descriptor of it would find it on a mount that is nosuid.
    expect(() => execFileSync('setpriv', asNobody, { stdio: 'pipe' })).toThrow(/Permission denied/);
    const options = execFileSync('findmnt', ['-no', 'OPTIONS', '-T', path], { encoding: 'utf8' });
    expect(options).toContain('nosuid');
    expect(options).toContain('nodev');
  });
});

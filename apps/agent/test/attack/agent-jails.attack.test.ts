import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import type { JailRoot } from '@cellblock/shared/jail-spec';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jailPaths } from '../../src/warden/paths.ts';
import { jailSpec } from '../spec-builders.ts';
import { Stand } from '../stand.ts';
import { AttackSite, BUILD_MS, PROGRAMS } from './attack-site.ts';
import {
  type Declared,
  declaredBy,
  givenGroups,
  OF_A_DISTRIBUTION,
  SKIPS_AT_MOST,
  unknownSkips,
} from './declared.ts';
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
/** Where a distribution's root would lie: an administrator's directory. */
const prefix = mkdtempSync(join(tmpdir(), 'attack-roots-'));
const ownRoot = join(prefix, 'root');

interface Attacker {
  name: string;
  profile: Profile;
  root: JailRoot;
}
const attackers: Attacker[] = [
  ...(Object.keys(PROFILES) as Profile[]).map((profile) => ({
    name: profile,
    profile,
    root: { kind: 'host-usr' as const, ephemeral: false },
  })),
  // As a distribution gets it: its root is a directory that it may write.
  { name: 'system, on a root of its own', profile: 'system', root: { kind: 'dir', path: ownRoot } },
];
const jails = new Map<Attacker, JailSpec>();

beforeAll(async () => {
  before = hostPicture(WATCHED);
  site = await AttackSite.open();
  makeRoot();
  stand = await Stand.open({ bounds: `rootPrefixes: [${prefix}]\n` });
  await stand.start();
  for (const [n, attacker] of attackers.entries()) {
    const { profile, root } = attacker;
    const jail = jailSpec(n + 1, {
      settings: {
        profile,
        root,
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
          PROBE_ALLOWED: Object.keys(declaredOf(attacker)).join(','),
        },
      },
    });
    jails.set(attacker, jail);
  }
  await stand.accept([...jails.values()]);
  await stand.until(
    'running',
    ({ jails: seen }) => seen.length === attackers.length && seen.every(({ state }) => state === 'running'),
    60_000,
  );
  for (const attacker of attackers) {
    const home = homeOf(attacker);
    copyFileSync(join(PROGRAMS, 'probe'), join(home, 'probe.new'));
    renameSync(join(home, 'probe.new'), join(home, 'probe'));
  }
}, BUILD_MS);

afterAll(async () => {
  await stand.close();
  await site.remove();
  rmSync(prefix, { recursive: true, force: true });
}, PATIENCE);

/** What a root needs for a shell that waits. */
function makeRoot(): void {
  chmodSync(prefix, 0o700);
  for (const part of ['bin', 'dev', 'etc', 'home', 'proc', 'run', 'sys', 'tmp', 'usr/local', 'var'])
    mkdirSync(join(ownRoot, part), { recursive: true });
  copyFileSync('/bin/busybox', join(ownRoot, 'bin/busybox'));
  for (const name of ['sh', 'sleep', 'mv']) symlinkSync('busybox', join(ownRoot, 'bin', name));
}

/** The host's /usr makes a root read only, whatever the profile says. */
const declaredOf = ({ profile, root }: Attacker): Declared => ({
  ...declaredBy(profile),
  ...(root.kind === 'dir' ? { ...OF_A_DISTRIBUTION, ...givenGroups(profile) } : {}),
});

function jailOf(attacker: Attacker): JailSpec {
  const jail = jails.get(attacker);
  if (!jail) throw new Error(`no jail of ${attacker.name}`);
  return jail;
}

const homeOf = (attacker: Attacker): string =>
  attacker.root.kind === 'dir'
    ? join(ownRoot, 'home')
    : join(jailPaths(stand.paths, jailOf(attacker).key).storage, 'home');

/** As `cellblock exec` does it: through the warden's own socket; all probes, or one that is told more. */
async function attackThroughAgent(
  attacker: Attacker,
  uid: number,
  more?: { probe: string; environment: Record<string, string> },
): Promise<Finding[]> {
  const agent = await stand.dashboard();
  const { session } = await agent.jail.execOpen.mutate({
    jail: jailOf(attacker).id,
    command: ['/home/probe', ...(more ? [more.probe] : [])],
    environment: more?.environment ?? {},
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

function judge(attacker: Attacker, findings: Finding[]): void {
  expect(findings.map(({ probe }) => probe)).toEqual(names);
  expect(findings.filter(({ verdict }) => verdict === 'BREACH')).toEqual([]);
  expect(unknownSkips(findings)).toEqual([]);
  expect(findings.filter(({ verdict }) => verdict === 'SKIP').length).toBeLessThanOrEqual(SKIPS_AT_MOST);
  // What was not declared is never ALLOWED.
  const allowed = findings.filter(({ verdict }) => verdict === 'ALLOWED').map(({ probe }) => probe);
  expect(allowed.filter((probe) => !(probe in declaredOf(attacker)))).toEqual([]);
}

const named = attackers.map((attacker) => [attacker.name, attacker] as const);

describe.each(named)("an agent's jail, %s, holds", (_name, attacker) => {
  test(
    'its own programs',
    async () => {
      const path = join(homeOf(attacker), 'findings');
      await expect
        .poll(() => execFileSync('sh', ['-c', `cat ${path} 2>/dev/null || true`]).length, {
          timeout: 60_000,
        })
        .toBeGreaterThan(0);
      judge(attacker, findingsIn(readFileSync(path, 'utf8')));
    },
    PATIENCE,
  );

  test.each([0, 1000])(
    'who enters as user %i',
    async (uid) => judge(attacker, await attackThroughAgent(attacker, uid)),
    PATIENCE,
  );
});

// A mount names where on the host it comes from, to whoever is inside: what is there must be called by numbers.
test.each(named)(
  'control: what a directory of the host is called, the mount table of %s tells',
  async (_name, attacker) => {
    const word = attacker.root.kind === 'dir' ? basename(prefix) : jailOf(attacker).key;
    const environment = { PROBE_PRIVATE_WORDS: word };
    expect(await attackThroughAgent(attacker, 0, { probe: 'mount-table', environment })).toEqual([
      { probe: 'mount-table', verdict: 'BREACH', detail: `the mount table names ${word}` },
    ]);
  },
);

describe('after the agent was killed and is back', () => {
  beforeAll(async () => {
    await stand.stop('SIGKILL');
    await stand.start();
    await stand.until('adopted', ({ accepted, converged }) => accepted > 0 && accepted === converged, 60_000);
  }, PATIENCE);

  describe.each(named)('an attacker, %s,', (_name, attacker) => {
    test.each([0, 1000])(
      'holds who enters as user %i',
      async (uid) => judge(attacker, await attackThroughAgent(attacker, uid)),
      PATIENCE,
    );
  });

  test('the host and the victims are as they were', () => {
    expect(site.harm()).toBe('');
    expect(hostPicture(WATCHED)).toEqual(before);
  });

  test.each(named.filter(([, { profile }]) => profile === 'system'))(
    'a set-user-id program that a jail, %s, made is nothing to a user of the host',
    (_name, attacker) => {
      const path = join(homeOf(attacker), 'set-user-id');
      execFileSync('sh', ['-c', `cp ${PROGRAMS}/probe ${path}; chmod 4755 ${path}`]);
      const asNobody = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'sh',
        '-c',
        `exec ${path} effective-user`,
      ];
      // Nobody gets there; whoever got a descriptor of it would find it on a mount that is nosuid, where that is ours.
      expect(() => execFileSync('setpriv', asNobody, { stdio: 'pipe' })).toThrow(/Permission denied/);
      if (attacker.root.kind === 'dir') return;
      const options = execFileSync('findmnt', ['-no', 'OPTIONS', '-T', path], { encoding: 'utf8' });
      expect(options).toContain('nosuid');
      expect(options).toContain('nodev');
    },
  );
});

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
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
import { ViewMount } from '@cellblock/shared/view-mount';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { jailPaths } from '../../src/warden/paths.ts';
import { jailSpec } from '../spec-builders.ts';
import { Stand, WARDEN_MAIN } from '../stand.ts';
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
import { GROUP_OF_AGENT, SharedPlaces } from './shared-places.ts';
import { entriesIn, type Finding, findingsIn } from './verdicts.ts';

// The same attacks on jails that a real agent made, from a spec that a dashboard sent: what the agent adds to a tree,
// or forgets, is in the way or is not.

const PATIENCE = 120_000;
const WATCHED = ['spawn', 'keeper', 'probe'].map((name) => join(PROGRAMS, name));
const names = entriesIn(execFileSync(join(PROGRAMS, 'probe'), ['--list'], { encoding: 'utf8' })).map(
  ({ name }) => name,
);
/** The agent is in a group, as an administrator's process may be, that no jail may be in. */
const IN_A_GROUP = `--import=data:text/javascript,process.setgroups([${GROUP_OF_AGENT}])`;
/** The sizes that the probes are told to exceed. */
const LIMITS = { ...NO_LIMITS, memory: 96 * 1024 * 1024, pids: 100 };

let site: AttackSite;
let stand: Stand;
let before: Record<string, string>;
let peersPid = 0;
/** Where a distribution's root would lie: an administrator's directory. */
const prefix = mkdtempSync(join(tmpdir(), 'attack-roots-'));
const ownRoot = join(prefix, 'root');
const places = new SharedPlaces(join(prefix, 'places'));

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
const numberOf = (attacker: Attacker): number => attackers.indexOf(attacker) + 1;
const meetingOf = (attacker: Attacker): string => String(numberOf(attacker));

/** Where the peers are, one for each attacker, and where those live who see what an attacker does not. */
const peers = jailSpec(attackers.length + 1);
const gullible = jailSpec(attackers.length + 2);
const GULLIBLE = String(attackers.length + 2);
const meetings = [...attackers.map(meetingOf), GULLIBLE];
/** Of a probe that runs once it is there. */
const WAIT_FOR_PROBE = 'until [ -x /home/probe ]; do sleep 0.1; done';

beforeAll(async () => {
  before = hostPicture(WATCHED);
  site = await AttackSite.open();
  makeRoot();
  places.furnish(meetings);
  const hostPeer = `{ path: ${join(site.directory, 'host-victim')} }`;
  stand = await Stand.open({
    bounds: `rootPrefixes: [${prefix}]\nviewPrefixes: [${places.prefix}, ${hostPeer}]\n`,
    program: { main: WARDEN_MAIN, env: {}, flags: [IN_A_GROUP] },
  });
  await stand.start();
  const environment = { PROBE_NONCE: [...site.nonce].reverse().join('') };
  Object.assign(peers.settings, places.peers(), { environment });
  await stand.accept([peers]);
  await places.begun(attackers.map(meetingOf).concat(GULLIBLE));
  const { jails: seen } = await stand.until('the peers are seen', ({ jails: [jail] }) => jail?.pid != null);
  peersPid = seen[0]?.pid ?? 0;
  for (const attacker of attackers) jails.set(attacker, attackingJail(attacker));
  Object.assign(gullible.settings, {
    command: [
      '/bin/sh',
      '-c',
      `${WAIT_FOR_PROBE}; mkdir /home/peer; /home/probe --victim /home/peer & exec sleep 100000`,
    ],
    view: [
      ...places.wholeView(GULLIBLE),
      ViewMount.parse({ kind: 'bind', source: join(site.directory, 'host-victim'), target: '/host-peer' }),
    ],
  });
  const all = [peers, gullible, ...jails.values()];
  await stand.accept(all);
  await stand.until(
    'running',
    ({ jails: running }) =>
      running.length === all.length && running.every(({ state }) => state === 'running'),
    60_000,
  );
  const homeOfGullible = join(jailPaths(stand.paths, gullible.key).storage, 'home');
  for (const home of [...attackers.map(homeOf), homeOfGullible]) {
    copyFileSync(join(PROGRAMS, 'probe'), join(home, 'probe.new'));
    renameSync(join(home, 'probe.new'), join(home, 'probe'));
  }
  const hasPeer = () => expect(existsSync(join(homeOfGullible, 'peer/victim'))).toBe(true);
  await vi.waitFor(hasPeer, { timeout: 20_000 });
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

function attackingJail(attacker: Attacker): JailSpec {
  const { profile, root } = attacker;
  const n = numberOf(attacker);
  return jailSpec(n, {
    settings: {
      profile,
      root,
      limits: LIMITS,
      view: places.attackerView(meetingOf(attacker)),
      // As its first process' own child, once the program is there; then it goes on for those who enter.
      command: [
        '/bin/sh',
        '-c',
        `${WAIT_FOR_PROBE}; /home/probe ${names.join(' ')} > /tmp/findings; mv /tmp/findings /home/findings; exec sleep 100000`,
      ],
      environment: {
        ...site.environment(profile),
        ...places.environment(meetingOf(attacker), peersPid),
        PROBE_HOST_WORDS: `${site.nonce},${site.queueKey},${stand.instance}`,
        PROBE_PRIVATE_WORDS: `${hostname()},jail${n}`,
        PROBE_LAID_FILE: '/etc/hosts',
        PROBE_PIDS_LIMIT: String(LIMITS.pids),
        PROBE_MEMORY_LIMIT: String(LIMITS.memory),
        PROBE_ALLOWED: Object.keys(declaredOf(attacker)).join(','),
      },
    },
  });
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

/** As `cellblock exec` does it: through the warden's own socket; all probes, or some that are told more. */
function attackThroughAgent(
  attacker: Attacker,
  uid: number,
  more?: { probes: string[]; environment: Record<string, string> },
): Promise<Finding[]> {
  return probeThroughAgent(jailOf(attacker), uid, more);
}

async function probeThroughAgent(
  jail: JailSpec,
  uid: number,
  more?: { probes: string[]; environment: Record<string, string> },
): Promise<Finding[]> {
  const agent = await stand.dashboard();
  const { session } = await agent.jail.execOpen.mutate({
    jail: jail.id,
    command: ['/home/probe', ...(more?.probes ?? [])],
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
  return findingsIn(text);
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
    expect(await attackThroughAgent(attacker, 0, { probes: ['mount-table'], environment })).toEqual([
      { probe: 'mount-table', verdict: 'BREACH', detail: `the mount table names ${word}` },
    ]);
  },
);

// The same attempts where what should stop them is missing: a peer that nothing confines, one in the same jail, a
// directory that is given for writing, a secret that is shown with its ids. What a peer's pidfd and namespaces are good
// for without the filter, mutants tell (mutants.attack.test.ts).
describe('control:', () => {
  const NOT_DECLARED = { PROBE_ALLOWED: '' };
  test.each<[string, string[], () => Record<string, string>]>([
    [
      'a peer on the host leads out',
      ['passed-root', 'passed-directory'],
      () => ({
        PROBE_PEER: '/host-peer/victim.sock',
        PROBE_CANARY: site.canary,
        PROBE_NONCE: site.nonce,
      }),
    ],
    [
      'a peer in the same jail is had',
      ['passed-process-signalled', 'passed-file', 'passed-table-environment', 'passed-table-memory'],
      () => ({ PROBE_PEER: '/home/peer/victim.sock' }),
    ],
    [
      'who sees the directory above what is shared reaches it',
      ['renamed-out'],
      () => ({ PROBE_PEER: '/whole/inner/victim.sock' }),
    ],
    [
      'a directory given for writing is written',
      ['read-only-storage'],
      () => ({ PROBE_READ_ONLY: '/whole' }),
    ],
    [
      'a secret shown with the ids on disk is read',
      ['host-secret'],
      () => ({ PROBE_SECRET: '/data/secret-of-a-group' }),
    ],
  ])(
    '%s',
    async (_what, probes, told) => {
      const environment = { ...NOT_DECLARED, ...told() };
      const findings = await probeThroughAgent(gullible, 0, { probes, environment });
      expect(findings.map(({ probe }) => probe)).toEqual(probes);
      expect(findings.filter(({ verdict }) => verdict !== 'BREACH')).toEqual([]);
    },
    PATIENCE,
  );

  test('the node opens where nothing takes its power', () => {
    const there = join(places.directory, 'data');
    const script = `mount --bind ${there} ${there} && mount -o remount,bind,dev ${there} && exec ${PROGRAMS}/probe node-in-storage`;
    const said = execFileSync('unshare', ['-m', 'sh', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, PROBE_NODE: places.node },
    });
    expect(findingsIn(said)).toMatchObject([{ probe: 'node-in-storage', verdict: 'BREACH' }]);
  });

  test('the agent is in the group that its jails are not in', () => {
    const groups = /^Groups:\s*(.*?)\s*$/m.exec(readFileSync(`/proc/${stand.pid}/status`, 'utf8'))?.[1];
    expect(groups).toBe(String(GROUP_OF_AGENT));
  });

  test.each(named)(
    'a set-user-id program of what is shared, in %s, counts where the profile lets it',
    async (_name, attacker) => {
      const [finding] = await attackThroughAgent(attacker, 1000, {
        probes: ['set-user-id-host'],
        environment: {},
      });
      expect(finding?.verdict).toBe(PROFILES[attacker.profile].noNewPrivileges ? 'HELD' : 'ALLOWED');
    },
  );
});

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
    expect(attackers.map((attacker) => places.harm(meetingOf(attacker)))).toEqual(attackers.map(() => ''));
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

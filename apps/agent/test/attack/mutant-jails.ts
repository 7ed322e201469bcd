import { readFileSync } from 'node:fs';
import type { Profile } from '@cellblock/shared/profile';

/**
 * What stands between a mutant and the protection that it lacks. A jail is held by several layers: where one of
 * them would hide that another is missing, both the jail and the mutant go without it, so that what is judged is
 * the difference.
 */
export type Layers =
  /** nothing else is left out */
  | 'all'
  /** root of the jail holds every capability of its own user namespace */
  | 'without-capabilities'
  /** no filter of system calls, and the capabilities that are not for a jail */
  | 'without-filter';

export interface MutantJail {
  /** `leaves_out("…")` in packages/native/cpp/spawn */
  protection: string;
  layers: Layers;
  /** how the jail is entered; `exec` where the protection is of that way in */
  entry?: 'init' | 'exec';
  profile?: Profile;
  /** the attacker's, inside; root when not said */
  uid?: number;
  /** where the attacker's program lies, below the site: for a jail that sees the host's root */
  program?: string;
  /** why it is no other than the jail on this host's kernel, and where it is told instead */
  sameHere?: string;
}

/** What each state of the layers leaves out. */
export const LEFT_OUT: Record<Layers, string[]> = {
  all: [],
  'without-capabilities': ['capabilities'],
  'without-filter': ['allowed-calls', 'argument-rules', 'capabilities'],
};

const of = (layers: Layers, ...protections: string[]): MutantJail[] =>
  protections.map((protection) => ({ protection, layers }));

/** Whoever may not lower a score (proc_pid_oom_score_adj(5)) starts nobody with a low one. */
function scoreOfWhoeverStarts(): Pick<MutantJail, 'sameHere'> {
  const [, mask = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const mayLower = (BigInt(`0x${mask}`) >> 24n) & 1n;
  if (mayLower) return {};
  return { sameHere: 'root of this host lacks CAP_SYS_RESOURCE: see e2e/project-quota.spec.ts' };
}

/** One protection each. */
export const MUTANT_JAILS: MutantJail[] = [
  ...of(
    'all',
    'argument-rules',
    'calls-clock',
    'calls-fanotify',
    'calls-inspection',
    'calls-io-uring',
    'calls-keys',
    'calls-ports',
    'calls-secret-memory',
    'calls-unknown',
    'calls-userfaultfd',
    'calls-clone3',
    'capabilities',
    'cgroup-namespace',
    'descriptors',
    'device-list',
    'few-descriptors',
    'given-addresses',
    'hidden-directories',
    'hidden-files',
    'internet-protocols',
    'ipc-namespace',
    'laid-files',
    'native-calls',
    'netlink-protocols',
    'network-namespace',
    'no-core-dumps',
    'no-groups',
    'no-new-privs',
    'nodev',
    'own-groups',
    'pid-namespace',
    'plain-personality',
    'plain-usr',
    'proc-masks',
    'read-only',
    'read-only-settings',
    'sealed-root',
    'small-devices',
    'socket-families',
    'terminal-injection',
    'upper-layers',
    'usr-local',
    'uts-namespace',
  ),
  ...of(
    'without-capabilities',
    'allowed-calls',
    'calls-handles',
    'calls-mount',
    'calls-namespaces',
    'calls-quota',
    'clone-flags',
  ),
  ...of('without-filter', 'locked-mounts', 'no-nested-namespaces', 'no-nested-user-namespaces'),
  { protection: 'own-keyring', layers: 'without-filter' },
  { protection: 'mount-kinds', layers: 'all', profile: 'system' },
  { protection: 'no-chroot', layers: 'without-capabilities', profile: 'strict' },
  { protection: 'own-processes', layers: 'all', profile: 'strict', entry: 'exec', uid: 1000 },
  { protection: 'old-root', layers: 'all', program: 'probes/probe' },
  { protection: 'pivot-root', layers: 'all', program: 'probes/probe' },
  { protection: 'read-only-init', layers: 'all', entry: 'exec' },
  { protection: 'exec-cgroups', layers: 'all', entry: 'exec' },
  { protection: 'oom-score', layers: 'all', ...scoreOfWhoeverStarts() },
];

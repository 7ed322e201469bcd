import { existsSync, readFileSync } from 'node:fs';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';

/** Probe → why it may succeed: what a profile allows on purpose, or what only this kernel can answer for. */
export type Declared = Record<string, string>;

const BROKER = 'the profile mounts what is its own, in its own locked tree, through the broker';

/** Of a root that is the jail's own storage, and may be written. */
export const OF_A_WRITABLE_ROOT: Declared = {
  'read-only-root': 'its root is its own',
  'bomb-root': 'its root is its own',
};

/** Of a root with programs of its own: no other jail and no host has them. */
export const OF_A_DISTRIBUTION: Declared = {
  ...OF_A_WRITABLE_ROOT,
  'read-only-usr': 'its /usr is its own',
  'program-of-init': 'the program of its first process lies in its own root',
};

/** Of a profile for inits, on a root that can have one. What limits the part is asked beside it, and holds. */
export function givenGroups(profile: Profile): Declared {
  if (!PROFILES[profile].mounts) return {};
  return {
    'write-cgroup-procs': 'the jail’s init puts its services into groups of a part that was given to it',
  };
}

/** What of the probes a profile allows; its rules are data (packages/shared/src/profile.ts). */
export function declaredBy(profile: Profile): Declared {
  const rules = PROFILES[profile];
  return {
    ...(rules.chroot ? { 'chroot-refused': 'the profile allows chroot' } : {}),
    ...(rules.proc === 'masked'
      ? { 'processes-of-others': 'the profile shows the jail’s users all processes of the jail' }
      : {}),
    ...(rules.noNewPrivileges
      ? {}
      : {
          'no-new-privileges': 'set-user-id programs of the jail work in this profile',
          'set-user-id-host': 'set-user-id programs of the jail work in this profile',
        }),
    ...(rules.mounts
      ? Object.fromEntries(
          ['mount-tmpfs', 'mount-proc', 'mount-devpts', 'mount-mqueue', 'mount-cgroup', 'mount-cgroup2'].map(
            (probe) => [probe, BROKER],
          ),
        )
      : {}),
    ...ofKernel(),
  };
}

function ofKernel(): Declared {
  const modules = read('/sys/kernel/security/lsm');
  // Built in and without a policy, SELinux leaves its labels to whoever owns the file, on the host and in a jail.
  const selinux = modules.includes('selinux') || existsSync('/proc/self/attr/sockcreate');
  const hasPolicy = existsSync('/sys/fs/selinux/policy');
  return selinux && !hasPolicy
    ? { 'attribute-selinux': 'SELinux is in this kernel and has no policy: a label is its owner’s' }
    : {};
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Why a probe may say nothing, for each kernel that we have met: a SKIP that is not here fails the run. Beyond
 * `most`, so many that they no longer are exceptions, it fails too.
 */
export const KNOWN_SKIPS: { probe: RegExp; reason: RegExp; because: string }[] = [
  {
    probe: /^read-only-usr-files$/,
    reason: /^no \/usr\/bin\/env$/,
    because: 'a root of nothing but mounts has no shared program',
  },
  {
    probe: /^host-secret$/,
    reason: /^no file named$/,
    because: 'asked only of a jail that is shown a directory of the host, with the host’s ids',
  },
];
export const SKIPS_AT_MOST = 4;

export function unknownSkips(findings: { probe: string; verdict: string; detail: string }[]): string[] {
  return findings
    .filter(({ verdict }) => verdict === 'SKIP')
    .filter(
      ({ probe, detail }) =>
        !KNOWN_SKIPS.some((known) => known.probe.test(probe) && known.reason.test(detail)),
    )
    .map(({ probe, detail }) => `${probe}: ${detail}`);
}

import { access, readFile, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import type { Check } from './host-check.ts';

const text = async (path: string) => (await readFile(path, 'utf8')).trim();

/** Idmapped mounts of ext4 and xfs came with 5.12, of tmpfs with 6.3 (platform.md K2). */
export function kernelVerdict(version: string): 'have' | 'warn' | 'lack' {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const number = major * 1000 + minor;
  if (number < 5012) return 'lack';
  return number < 6003 ? 'warn' : 'have';
}

const kernelVersion: Check = {
  id: 'kernel',
  title: 'Kernel new enough',
  async look() {
    const verdict = kernelVerdict(release());
    if (verdict === 'have') return { verdict, evidence: `Linux ${release()}` };
    return {
      verdict,
      evidence: `Linux ${release()}`,
      lost:
        verdict === 'lack'
          ? 'no jail starts: idmapped mounts need Linux 5.12'
          : 'ephemeral jails do not start: an idmapped tmpfs needs Linux 6.3',
      fix: 'apt-get install linux-image-amd64 && reboot',
    };
  },
};

const userNamespaces: Check = {
  id: 'user-namespaces',
  title: 'User namespaces',
  async look() {
    const limit = Number(await text('/proc/sys/user/max_user_namespaces'));
    if (limit > 0) return { verdict: 'have', evidence: `up to ${limit}` };
    return {
      verdict: 'lack',
      evidence: 'user.max_user_namespaces = 0',
      lost: 'no jail starts: each has a user namespace of its own',
      fix: 'sysctl -w user.max_user_namespaces=15000',
    };
  },
};

/** By the host's /proc/self/mountinfo (proc(5)): where the v2 tree is mounted. */
export function unifiedTree(mountinfo: string): string | null {
  const line = mountinfo.split('\n').find((one) => one.includes(' - cgroup2 '));
  return line?.split(' ')[4] ?? null;
}

const groupsForInits: Check = {
  id: 'cgroup-tree',
  title: 'Control groups for a jail’s own init',
  async look() {
    const tree = unifiedTree(await text('/proc/self/mountinfo'));
    if (tree !== null) return { verdict: 'have', evidence: `the v2 tree at ${tree}` };
    return {
      verdict: 'warn',
      evidence: 'no v2 tree is mounted',
      lost: 'systemd as a jail’s init ends at once with 255: it keeps its services in groups of that tree; other inits start',
      fix: 'mkdir -p /run/cgroup2 && mount -t cgroup2 none /run/cgroup2, and start the agent again',
    };
  },
};

const seccomp: Check = {
  id: 'seccomp',
  title: 'Seccomp filters',
  async look() {
    const actions = await text('/proc/sys/kernel/seccomp/actions_avail');
    if (/\berrno\b/.test(actions)) return { verdict: 'have', evidence: actions };
    return {
      verdict: 'lack',
      evidence: `available actions: ${actions || 'none'}`,
      lost: 'no jail starts: every jail runs under a filter of system calls',
      fix: 'boot a kernel with CONFIG_SECCOMP_FILTER=y',
    };
  },
};

const terminalInjection: Check = {
  id: 'legacy-tiocsti',
  title: 'Terminal injection is off',
  async look() {
    const path = '/proc/sys/dev/tty/legacy_tiocsti';
    const value = await text(path).catch(() => null);
    if (value === null)
      return { verdict: 'have', evidence: 'the kernel has no switch for it (older than 6.2)' };
    if (value === '0') return { verdict: 'have', evidence: 'dev.tty.legacy_tiocsti = 0' };
    return {
      verdict: 'warn',
      evidence: `dev.tty.legacy_tiocsti = ${value}`,
      lost: 'jails are covered by their filter; programs outside jails can still type into a terminal they share',
      fix: 'sysctl -w dev.tty.legacy_tiocsti=0',
    };
  },
};

const diskSpace: Check = {
  id: 'disk-space',
  title: 'Room for ledger and jails',
  async look({ dataDirectory }) {
    const { bavail, bsize } = await statfs(dataDirectory);
    const free = Math.floor((bavail * bsize) / 1024 / 1024);
    const evidence = `${free} MiB free below ${dataDirectory}`;
    if (free >= 1024) return { verdict: 'have', evidence };
    return {
      verdict: free < 64 ? 'lack' : 'warn',
      evidence,
      lost: 'with a full disk new changes are refused; what runs goes on, stop and destroy still work',
      fix: `du -xh --max-depth=2 ${dataDirectory} | sort -h | tail`,
    };
  },
};

const processFileSystem: Check = {
  id: 'pidfd',
  title: 'Process descriptors',
  async look() {
    await access('/proc/self/ns/pid_for_children');
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const own = major > 6 || (major === 6 && minor >= 15);
    return {
      verdict: 'have',
      evidence: own
        ? 'exit status can be read from a pidfd by anyone (Linux 6.15)'
        : 'exit status is read by the keeper of each jail',
    };
  },
};

export const KERNEL_CHECKS: readonly Check[] = [
  kernelVersion,
  userNamespaces,
  groupsForInits,
  seccomp,
  processFileSystem,
  terminalInjection,
  diskSpace,
];

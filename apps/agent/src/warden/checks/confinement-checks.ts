import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { promisify } from 'node:util';
import { HIDDEN, hidesProcesses, PROC_HIDEPID } from '@cellblock/shared/proc-hidepid';
import { PROJECT_QUOTA } from '@cellblock/shared/storage-refusal';
import { mountOf, readUncountedProjects } from '../counted-projects.ts';
import type { Check } from './host-check.ts';

const run = promisify(execFile);
const text = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim();

/** A file system type, by name, as the kernel lists those that it can mount. */
export function knowsFileSystem(listed: string, name: string): boolean {
  return listed.split('\n').some((line) => line.split('\t').at(-1)?.trim() === name);
}

function fileSystem(name: string, o: { title: string; lost: string }): Check {
  return {
    id: `file-system-${name}`,
    title: o.title,
    async look() {
      if (knowsFileSystem(await text('/proc/filesystems'), name))
        return { verdict: 'have', evidence: `${name} is in /proc/filesystems` };
      // One that is a module is listed when it is loaded.
      const loadable = await run('modprobe', ['--dry-run', '--quiet', name]).then(
        () => true,
        () => false,
      );
      if (loadable) return { verdict: 'have', evidence: `${name} is a module that can be loaded` };
      return {
        verdict: 'lack',
        evidence: `${name} is not in /proc/filesystems`,
        lost: o.lost,
        fix: `modprobe ${name}`,
      };
    },
  };
}

/** ext4, xfs, btrfs and tmpfs can be idmapped (platform.md, K2); what the data directory lies on must be. */
const IDMAPPABLE = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'tmpfs', 'f2fs', 'erofs']);

/** The type of the file system that a path lies on, from /proc/self/mountinfo. */
export function fileSystemOf(path: string, mountinfo: string): string | null {
  return mountOf(path, mountinfo)?.type ?? null;
}

const idmappedMounts: Check = {
  id: 'idmapped-mounts',
  title: 'Idmapped mounts of the data directory',
  async look({ dataDirectory }) {
    const type = fileSystemOf(dataDirectory, await text('/proc/self/mountinfo'));
    if (type !== null && IDMAPPABLE.has(type))
      return { verdict: 'have', evidence: `${dataDirectory} lies on ${type}` };
    return {
      verdict: 'lack',
      evidence: `${dataDirectory} lies on ${type ?? 'an unknown file system'}`,
      lost: 'jails with storage of their own do not start: their ids could not be as on disk',
      fix: 'cellblock up --data DIR, with DIR on ext4, xfs or btrfs',
    };
  },
};

const notification: Check = {
  id: 'seccomp-notification',
  title: 'Calls can be answered for a jail',
  async look() {
    const actions = await text('/proc/sys/kernel/seccomp/actions_avail');
    if (/\buser_notif\b/.test(actions)) return { verdict: 'have', evidence: actions };
    return {
      verdict: 'lack',
      evidence: `available actions: ${actions || 'none'}`,
      lost: 'jails of the profile system cannot mount: no broker can answer for them',
      fix: 'boot Linux 5.0 or newer with CONFIG_SECCOMP_FILTER=y',
    };
  },
};

const projectQuota: Check = {
  id: PROJECT_QUOTA,
  title: 'Project quota on the data directory',
  async look({ dataDirectory }) {
    const lacks = await readUncountedProjects(dataDirectory);
    if (lacks === null)
      return {
        verdict: 'have',
        evidence: `${dataDirectory} lies on a file system that is mounted with prjquota: cellblock create JAIL --storage directory:10G`,
      };
    return {
      verdict: 'warn',
      evidence: lacks.evidence,
      lost: 'a jail that is not given a file system of its own (--storage ext4:10G) can fill the one that the data directory lies on',
      fix: lacks.fix,
    };
  },
};

function setting(o: {
  id: string;
  title: string;
  key: string;
  isGood: (value: number) => boolean;
  lost: string;
  good: string;
}): Check {
  return {
    id: o.id,
    title: o.title,
    async look() {
      const value = await text(`/proc/sys/${o.key.replaceAll('.', '/')}`);
      if (value === '') return { verdict: 'have', evidence: `the kernel has no ${o.key}` };
      if (o.isGood(Number(value))) return { verdict: 'have', evidence: `${o.key} = ${value}` };
      return {
        verdict: 'warn',
        evidence: `${o.key} = ${value}`,
        lost: o.lost,
        fix: `sysctl -w ${o.key}=${o.good}`,
      };
    },
  };
}

const landlock: Check = {
  id: 'landlock',
  title: 'Landlock',
  async look() {
    const listed = await text('/sys/kernel/security/lsm');
    const config = /\blandlock\b/.test(listed);
    if (config) return { verdict: 'have', evidence: listed };
    return {
      verdict: 'warn',
      evidence: listed === '' ? 'securityfs is not mounted, so that the list cannot be read' : listed,
      lost: 'nothing yet: no jail of this version relies on it',
      fix: 'boot with lsm=landlock,... and mount -t securityfs securityfs /sys/kernel/security',
    };
  },
};

/** hidepid of what is mounted at /proc last; null where it is not among the options. */
export function hidepidOf(mountinfo: string): string | null {
  const line = mountinfo.split('\n').findLast((each) => each.split(' ')[4] === '/proc');
  return /hidepid=(\w+)/.exec(line ?? '')?.[1] ?? null;
}

const HIDDEN_LOST =
  "every user of the host sees all jails' processes in the listing of /proc; jails see only their own";

/** `hidepid`: as /proc has it; null: not at all. Before Linux 5.8 it is a number, and is the whole host's alone. */
export function hidepidFinding(hidepid: string | null, kernel: string): Awaited<ReturnType<Check['look']>> {
  const evidence = `/proc is mounted ${hidepid === null ? 'without hidepid' : `with hidepid=${hidepid}`}`;
  if (hidepid !== null && hidesProcesses(hidepid)) return { verdict: 'have', evidence };
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  if (major < 5 || (major === 5 && minor < 8))
    return {
      verdict: 'warn',
      evidence: `${evidence}; Linux ${kernel} does not know hidepid=${HIDDEN}, which came with 5.8`,
      lost: `${HIDDEN_LOST}. The agent cannot set it here: where the bounds name ${PROC_HIDEPID}, that is told as a problem of the host`,
      fix: 'mount -o remount,hidepid=2,gid=adm /proc',
    };
  return {
    verdict: 'warn',
    evidence,
    lost: `${HIDDEN_LOST}. The agent sets it where the bounds name ${PROC_HIDEPID} among hostSettings`,
    fix: `mount -o remount,hidepid=${HIDDEN},gid=adm /proc`,
  };
}

const hiddenProcesses: Check = {
  id: 'hidepid',
  title: "Processes are hidden from the host's users",
  look: async () => hidepidFinding(hidepidOf(await text('/proc/self/mountinfo')), release()),
};

export const CONFINEMENT_CHECKS: readonly Check[] = [
  idmappedMounts,
  fileSystem('overlay', {
    title: 'Overlays',
    lost: 'a jail cannot have an image as its root, nor an overlay in its view',
  }),
  fileSystem('mqueue', {
    title: 'POSIX message queues',
    lost: 'programs in jails that use mq_open fail',
  }),
  notification,
  projectQuota,
  landlock,
  setting({
    id: 'unprivileged-bpf',
    title: 'BPF is for root alone',
    key: 'kernel.unprivileged_bpf_disabled',
    isGood: (value) => value !== 0,
    lost: 'jails are covered by their filter; users of the host load programs into the kernel',
    good: '2',
  }),
  setting({
    id: 'perf-paranoid',
    title: 'Performance counters are for root alone',
    key: 'kernel.perf_event_paranoid',
    isGood: (value) => value >= 2,
    lost: 'jails are covered by their filter; users of the host measure what others do',
    good: '2',
  }),
  hiddenProcesses,
];

export type ProfileName = 'system' | 'daemon' | 'strict';

/** What a profile says; it holds for the jail's first process and for every `exec` alike. */
export interface ProfileRules {
  /** for people, one line */
  says: string;
  /** true: no program gains anything by being executed (prctl(2), PR_SET_NO_NEW_PRIVS); set-user-id is inert */
  noNewPrivileges: boolean;
  /** chroot(2): allowed as in requirement H30, or denied as in C40 */
  chroot: boolean;
  /** `masked`: all of /proc but what tells of the host; `own`: nothing but the jail's processes */
  proc: 'masked' | 'own';
  /** mount(2) of tmpfs, proc, devpts, mqueue and cgroup inside the jail's own locked tree */
  mounts: boolean;
  /** the root, where the jail's settings do not say otherwise */
  readOnlyRoot: boolean;
  /** the bounding set (capabilities(7)), by name; nothing else is ever held */
  capabilities: readonly string[];
}

/** What a service needs that begins as root and gives it up. */
const OF_A_SERVICE = [
  'CAP_AUDIT_WRITE',
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_KILL',
  'CAP_LEASE',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_TTY_CONFIG',
];

/** Requirement H30 names what is never in a bounding set: SYS_MODULE, SYS_RESOURCE, SYS_TIME, MKNOD, NET_ADMIN. */
export const PROFILES: Record<ProfileName, ProfileRules> = {
  system: {
    says: 'a whole distribution with its own init: su and sudo work, and it may mount what is its own',
    noNewPrivileges: false,
    chroot: true,
    proc: 'masked',
    mounts: true,
    readOnlyRoot: false,
    capabilities: [...OF_A_SERVICE, 'CAP_SYS_CHROOT'].sort(),
  },
  daemon: {
    says: 'one service: nothing gains privilege by being executed',
    noNewPrivileges: true,
    chroot: true,
    proc: 'masked',
    mounts: false,
    readOnlyRoot: true,
    capabilities: [...OF_A_SERVICE, 'CAP_SYS_CHROOT'].sort(),
  },
  strict: {
    says: 'code that nobody trusts: no chroot, no /proc but its own processes, no privilege to gain',
    noNewPrivileges: true,
    chroot: false,
    proc: 'own',
    mounts: false,
    readOnlyRoot: true,
    capabilities: ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_SETGID', 'CAP_SETUID'],
  },
};

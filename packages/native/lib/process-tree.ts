/**
 * Trees of processes in namespaces of their own, made by the static program `spawn` and held by `keeper`.
 *
 * A tree outlives the program that started it: its keeper holds exit status, console ring and terminal.
 * Everything about one tree lies in its `runDirectory`. The facts behind each field: mounts are built with
 * host credentials and locked by copying them into a mount namespace owned by the tree's user namespace;
 * pid, ipc, uts and cgroup namespaces belong to that user namespace, the network namespace to the host.
 */
export interface ProcessTrees {
  /** Builds the namespaces and the mounts and starts pid 1. Resolves once pid 1 has been executed.
   *  Fails with KernelError naming the step; then nothing is left. EEXIST when a tree runs there. */
  start(spec: TreeSpec): Promise<TreeStatus>;
  /** What the keeper says, or, when no keeper lives, what it left behind; null when nothing ever ran there. */
  status(o: { runDirectory: string }): Promise<TreeStatus | null>;
  /** pid 1 gets `signal`, after `timeoutMs` everything in the tree is killed. Resolves when all is gone. */
  stop(o: { runDirectory: string; signal: number; timeoutMs: number }): Promise<TreeStatus>;
  /** Resolves when pid 1 has ended; at once when it already has. */
  wait(o: { runDirectory: string; signal?: AbortSignal }): Promise<TreeStatus>;
  /** Runs a command in the tree with exactly the protections of pid 1: namespaces, cgroups first of all,
   *  capabilities, no_new_privs, filter last, no descriptor but 0 to 2. */
  exec(o: ExecRequest): Promise<ExecSession>;
  /** Every process of a running tree, and every command run in it from now on, has these resource limits, by name as in
   *  TreeSpec; what is no longer named is as it is for us. A process that gave itself less keeps that. ESRCH when the
   *  tree does not run; EPERM above a hard limit without the right to raise it: then everything is as before, or the
   *  status says null and the error names the processes that are not changed. Asked again, it goes on from there. */
  limit(o: {
    runDirectory: string;
    limits: Record<string, number>;
    cgroupProcsFiles: string[];
  }): Promise<void>;
  /** Console output from `from` (byte offset since the ring began; absent: the last `tailLines`). Who follows the last
   *  lines is told first, in an empty piece, where they begin: from there it can be asked for again. */
  console(o: {
    runDirectory: string;
    from?: number;
    tailLines?: number;
    follow?: boolean;
    signal?: AbortSignal;
  }): AsyncIterable<ConsoleChunk>;
  /** The terminal that is the tree's /dev/console: what is written is typed at it, the output is what `console` has,
   *  from a screenful ago, and `kill` leaves it to itself. It is of this one start. It exits with how the tree ended
   *  (null and null: nobody knows), with 0 when it was left, or with what was lost while the tree runs on. ESRCH: the
   *  tree does not run, or its keeper was killed; ENOTTY: it has no such terminal; EPERM: this host lets nobody look
   *  into a process; ENOSYS: its kernel has no pidfd_getfd(2). */
  openConsole(o: ConsoleRequest): Promise<ExecSession>;
  /** Keeper, status and console of an ended tree are removed (EBUSY while it runs). */
  forget(o: { runDirectory: string }): Promise<void>;
}

export interface TreeSpec {
  /** 0700, made by the caller; keeper's socket, status file and console ring are put here. */
  runDirectory: string;
  hostname: string;
  /** uid and gid N inside are host ids idBase + N; idBase must be a multiple of 65,536 and not 0, and the range
   *  must not overflow. */
  idBase: number;
  idCount: 65536;
  /** Path of a pinned network namespace owned by the host. */
  netns: string;
  /** Files to write our pid to before anything else. */
  cgroupProcsFiles: string[];
  root: TreeRoot;
  /** Ready-made mounts on top of the root, in order. */
  mounts: TreeMount[];
  /** null: the built-in init, which reaps and waits. */
  command: string[] | null;
  environment: Record<string, string>;
  /** Ids inside the tree. */
  uid: number;
  gid: number;
  /** Bounding set, by name (`CAP_NET_BIND_SERVICE`); nothing else is ever held. */
  capabilities: string[];
  /** What a profile decides; `exec` finds it in the facts of the tree, and is confined as pid 1 is. */
  confinement: TreeConfinement;
  /** setrlimit(2): name without RLIMIT_, in lower case, to soft and hard limit alike. */
  resourceLimits: Record<string, number>;
  /** Nodes below the host's /dev that are bound in beside null, zero, full, random, urandom and tty. */
  devices: string[];
  /** Host uid and gid the keeper runs as: no capabilities, outside every namespace of the tree. */
  keeperUid: number;
  keeperGid: number;
  /** Size of the console ring in bytes. */
  consoleBytes: number;
}

export interface TreeConfinement {
  /** false: set-user-id programs work; the filter is then loaded with the namespace's CAP_SYS_ADMIN, which goes
   *  before the program is executed. */
  noNewPrivileges: boolean;
  /** false: chroot(2) is EPERM by the filter, whatever is held. */
  chroot: boolean;
  /** `own`: subset=pid and hidepid=invisible. */
  proc: 'masked' | 'own';
  /** true: mount(2) and umount2(2) of tmpfs, proc, devpts, mqueue and cgroup are done by a broker of the tree. */
  mounts: boolean;
}

/** A path of the host, opened with openat2(2) beneath its prefix, without symbolic and magic links. */
export interface HostPathBelow {
  prefix: string;
  /** relative; empty: the prefix itself */
  path: string;
}

export interface MountFlags {
  readOnly: boolean;
  nosuid: boolean;
  nodev: boolean;
  noexec: boolean;
  nosymfollow: boolean;
}

export type TreeRoot =
  /** tmpfs root with the host's own /usr, read only, nosuid, nodev, not idmapped, /usr/local hidden, and the
   *  links bin, sbin, lib, lib64 into it. Everything else comes from `mounts`. */
  | { kind: 'host-usr' }
  /** A directory, idmapped; opened without following links. `readOnly` is recursive and locked. */
  | { kind: 'directory'; path: string; readOnly: boolean }
  /** An overlay of idmapped layers, mounted with the tree's own fsuid (platform.md K2); `lowers`: the uppermost
   *  first; `upper` and `work`, which exist, lie in one directory. One that comes out silently read only is an
   *  error. */
  | { kind: 'overlay'; lowers: string[]; upper: string; work: string; readOnly: boolean }
  /** A private tmpfs that holds the mount points of `mounts`, read only, and nothing else beside /dev and /proc. */
  | { kind: 'view' };

export type TreeMount =
  /** A directory of the tree's own storage, idmapped: uid N inside is uid N on disk. */
  | { kind: 'storage'; path: string; target: string; readOnly?: boolean }
  | ({ kind: 'tmpfs'; target: string; size: string; mode: string; inodes?: number } & Partial<MountFlags>)
  /** A directory, file or socket of the host. Not idmapped: the host's ids show as nobody's. What the host's own
   *  mount forbids stays forbidden, whatever the flags say; one that is read only there cannot be writable here
   *  (EROFS). `slave` and `shared` need a shared mount of the host below it (EINVAL). */
  | ({
      kind: 'bind';
      source: HostPathBelow;
      target: string;
      idmapped: boolean;
      propagation: 'private' | 'slave' | 'shared';
    } & MountFlags)
  /** As the root of that kind: all layers idmapped, upper and work in one directory. */
  | ({ kind: 'overlay'; target: string; lowers: HostPathBelow[]; upper: string; work: string } & MountFlags)
  /** proc: the tree's own /proc once more, with its masks; sysfs: that of the tree's network, read only; mask: what is
   *  there reads as empty, ENOENT where there is nothing. */
  | { kind: 'devpts' | 'proc' | 'sysfs' | 'mqueue' | 'mask'; target: string }
  /** A read-only file with this content (resolv.conf, hosts, hostname). */
  | { kind: 'file'; target: string; content: string };

export interface TreeProcess {
  pid: number;
  /** Clock ticks since boot; pid and start time together name a process for good. */
  startTime: number;
}

export interface TreeStatus {
  state: 'running' | 'exited' | 'lost';
  keeper: TreeProcess | null;
  init: TreeProcess | null;
  /** ISO 8601 */
  startedAt: string;
  exit: { code: number | null; signal: number | null; at: string } | null;
  idBase: number;
  /** What every process of it is limited to; null: a change of it has not reached all of them. */
  resourceLimits: Record<string, number> | null;
}

export interface ExecRequest {
  runDirectory: string;
  command: string[];
  /** The command is one that spawn itself brings, and that runs in the tree without being a file there:
   *  `files list PATH`, `files read PATH` (cpp/spawn/files.h). */
  ownProgram?: boolean;
  environment: Record<string, string>;
  uid: number;
  gid: number;
  tty: { rows: number; columns: number; term: string } | null;
  cgroupProcsFiles: string[];
  /** Others may be asked for soon: what carries a command out is then there before it. */
  moreToCome?: boolean;
}

export interface ConsoleRequest {
  runDirectory: string;
  /** of the window that programs see */
  rows: number;
  columns: number;
}

export interface ExecSession {
  /** Resolves once the command may be sent more; when it ends, or stops to read for good, at once. Whoever does not
   *  wait for it has all that the command has not read in memory. */
  write(data: Uint8Array): Promise<void>;
  closeInput(): void;
  resize(o: { rows: number; columns: number }): void;
  kill(): void;
  output: AsyncIterable<{ stream: 'stdout' | 'stderr'; data: Uint8Array }>;
  exit: Promise<SessionExit>;
}

export interface SessionExit {
  code: number | null;
  signal: number | null;
  /** of a console whose tree runs on, code and signal are null then: its keeper was killed; the keeper has as many
   *  listeners as it takes; the terminal takes no input any more */
  lost?: 'keeper' | 'listeners' | 'terminal';
}

export interface ConsoleChunk {
  offset: number;
  data: Uint8Array;
  /** bytes the ring had to drop before this chunk */
  dropped: number;
}

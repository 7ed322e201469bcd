/**
 * The kernel facts that can be made true, one verb each.
 *
 * Verbs fail with KernelError and change nothing when they fail. `netns` is the path of a pinned network
 * namespace; without it the verb acts on the namespace of this process. Addresses are text without a
 * prefix length, prefixes are `address/length`, both in canonical form (RFC 5952 for v6).
 */
export interface Kernel {
  /** A new network namespace is pinned at `path` (EEXIST when something is pinned there), its `lo` is up, and
   *  deleting one v4 address of a subnet leaves the others (promote_secondaries). Directories are made. */
  createNetns(o: { path: string }): Promise<void>;
  /** Nothing is pinned at `path` (ENOENT when nothing was); the namespace dies with its last process. */
  removeNetns(o: { path: string }): Promise<void>;
  /** Names pinned directly below `directory`; none when the directory is missing. */
  listNetns(o: { directory: string }): Promise<string[]>;

  /** A bridge exists, up, without learning from us (EEXIST). */
  createBridge(o: { netns?: string; name: string; mac?: string; mtu?: number }): Promise<void>;
  /** A veth pair: `name` here (up, port of `master`), `peer` in `peer.netns` (down) (EEXIST, ENODEV). */
  createVeth(o: {
    netns?: string;
    name: string;
    /** Of the near end; left out: a random one. */
    mac?: string;
    master?: string;
    mtu?: number;
    /** With `master`: flags of the port, set before it is up. */
    port?: BridgePortFlags;
    peer: { name: string; netns: string; mac: string; index?: number };
  }): Promise<void>;
  /** The link is gone (ENODEV when it was not there). */
  deleteLink(o: { netns?: string; name: string }): Promise<void>;
  /** The named attributes of a link are so (ENODEV). `master: null` takes it off its bridge. */
  setLink(o: {
    netns?: string;
    name: string;
    up?: boolean;
    mac?: string;
    mtu?: number;
    master?: string | null;
  }): Promise<void>;
  /** The flags of a bridge port are so (ENODEV; EINVAL when the link is no port). */
  setBridgePort(o: { netns?: string; name: string; flags: BridgePortFlags }): Promise<void>;
  listLinks(o: { netns?: string }): Promise<Link[]>;

  /** The link carries the address; v6 without duplicate detection (EEXIST, ENODEV). */
  addAddress(o: { netns?: string; link: string; prefix: string }): Promise<void>;
  /** The link does not carry the address (EADDRNOTAVAIL when it did not). */
  deleteAddress(o: { netns?: string; link: string; prefix: string }): Promise<void>;
  /** All addresses but link-local ones that the kernel made by itself. */
  listAddresses(o: { netns?: string }): Promise<LinkAddress[]>;

  /** The route is there (EEXIST; ENETDOWN; ENETUNREACH, for v6 EHOSTUNREACH, when the gateway is not on the
   *  link). `destination` is a prefix or `default4` / `default6`. A link that goes down, or loses its last v4
   *  address, loses its (v4) routes. */
  addRoute(o: { netns?: string; route: Route }): Promise<void>;
  /** The route is gone (ESRCH when it was not there). */
  deleteRoute(o: { netns?: string; route: Route }): Promise<void>;
  /** The main table, without the routes that the kernel makes for addresses. */
  listRoutes(o: { netns?: string }): Promise<Route[]>;

  /** A permanent neighbour entry is there, replacing any other for the address (ENODEV). */
  replaceNeighbour(o: { netns?: string; link: string; address: string; mac: string }): Promise<void>;
  /** No neighbour entry for the address (ENOENT). */
  deleteNeighbour(o: { netns?: string; link: string; address: string }): Promise<void>;
  listNeighbours(o: { netns?: string; link?: string }): Promise<Neighbour[]>;
  /** Asks the segment who has the address; the answer appears in listNeighbours (NTF_USE). */
  probeNeighbour(o: { netns?: string; link: string; address: string }): Promise<void>;

  /** A static forwarding entry mac → port, replacing any other for that mac on that bridge (ENODEV; EOPNOTSUPP when
   *  the link is no port). */
  replaceForwarding(o: { netns?: string; port: string; mac: string }): Promise<void>;
  /** No forwarding entry mac → port (ENOENT). */
  deleteForwarding(o: { netns?: string; port: string; mac: string }): Promise<void>;
  /** Static entries only. */
  listForwarding(o: { netns?: string; bridge?: string }): Promise<ForwardingEntry[]>;

  /** The file below /proc/sys/net of that namespace holds the value; `key` as in `ipv4.conf.eth0.forwarding`,
   *  its parts separated by `/` when a link name contains a dot (ENOENT, EINVAL). */
  writeSysctl(o: { netns?: string; key: string; value: string }): Promise<void>;
  readSysctl(o: { netns?: string; key: string }): Promise<string>;

  /** An nftables text is applied as one transaction (EINVAL etc. with libnftables' own message as detail). */
  applyNft(o: { netns?: string; ruleset: string }): Promise<void>;
  /** A table as libnftables' JSON (`nft -j list table FAMILY NAME`), parsed; null when there is none. */
  listNftTable(o: {
    netns?: string;
    family: 'inet' | 'bridge' | 'netdev';
    table: string;
  }): Promise<unknown | null>;
  /** Names of tables of every family: `family name`. */
  listNftTables(o: { netns?: string }): Promise<{ family: string; table: string }[]>;

  /** Every link, address, route or neighbour event of a namespace until the signal aborts. The first is always
   *  an `overrun`: what came before it was not seen, what comes after it is. A namespace that is unpinned lives on until
   *  its watch is aborted. */
  watch(o: { netns?: string; signal: AbortSignal }): AsyncIterable<KernelEvent>;

  /** Which controllers this host has, and where each lives. */
  listControllers(): Promise<Controller[]>;
  /** The group exists in the v2 tree and in every v1 hierarchy whose controller we use (EEXIST is success). */
  createCgroup(o: { name: string }): Promise<void>;
  /** Limits are so; null lifts one (ENOENT; EBUSY when more is in use; EOPNOTSUPP without a controller). `device`
   *  is the disk that those on io are for, `MAJOR:MINOR`. */
  setCgroupLimits(o: { name: string; limits: CgroupLimits; device?: string | null }): Promise<void>;
  /** Processes of the group open no device but these, in the kernel's words: `c 1:3 rw`, `c 136:* rw` (ENOENT;
   *  EOPNOTSUPP when this host cannot do it). */
  setCgroupDevices(o: { name: string; devices: string[] }): Promise<void>;
  /** `whole`: it is there in every hierarchy that our groups live in; null: in none. `devices`: sorted; null: any
   *  may be opened; absent: this host cannot keep a group from one. */
  readCgroup(o: { name: string; device?: string | null }): Promise<{
    whole: boolean;
    limits: CgroupLimits;
    devices?: string[] | null;
    usage: CgroupUsage;
    pids: number[];
  } | null>;
  /** Usage alone, with what takes longer to read; null when the group is not there. */
  readCgroupUsage(o: { name: string; device?: string | null }): Promise<CgroupAccount | null>;
  /** The whole disk that a path's file system lies on, `MAJOR:MINOR`; null when it lies on none. */
  diskOf(o: { path: string }): Promise<string | null>;
  /** Whether that disk is shared out by weight: a scheduler or a cost model that does it is at work. */
  diskHasWeights(o: { device: string }): Promise<boolean>;
  /** `cgroup.procs` of the group in each hierarchy, for a program that joins before it does anything else. */
  cgroupProcsFiles(o: { name: string }): Promise<string[]>;
  /** Names of groups directly below `parent` in any hierarchy. */
  listCgroups(o: { parent: string }): Promise<string[]>;
  /** Every process of the group is killed, forks and all. */
  killCgroup(o: { name: string }): Promise<void>;
  /** The group is gone from every hierarchy (EBUSY while processes are in it; absent is success). */
  removeCgroup(o: { name: string }): Promise<void>;

  /** `source` is bound at `target` with the flags (recursive flags by mount_setattr). */
  bindMount(o: {
    source: string;
    target: string;
    readOnly?: boolean;
    nosuid?: boolean;
    nodev?: boolean;
    noexec?: boolean;
  }): Promise<void>;
  mountTmpfs(o: { target: string; size: string; mode: string }): Promise<void>;
  /** The file system in a file is mounted at `target`, nosuid and nodev, by a loop device that goes with the mount
   *  (EINVAL and the like with what mount(8) said). */
  mountFile(o: { source: string; target: string; fileSystem: 'ext4' | 'xfs' }): Promise<void>;
  /** Nothing of ours is mounted at `target` (EINVAL when nothing was). */
  unmount(o: { target: string }): Promise<void>;
  /** What users see of others' processes in the proc that is mounted at `target`, in proc's own words: `off`,
   *  `noaccess`, `invisible`, `ptraceable`; its other options stay. It holds at every place where that instance is
   *  mounted (EINVAL for another word, and where no proc is mounted). */
  setHidepid(o: { target: string; hidepid: string }): Promise<void>;
  /** Mounts at or below a path, as in mountinfo. */
  listMounts(o: { under: string }): Promise<Mount[]>;

  /** Which project the files of a directory are counted under; 0 is nobody's, also where nothing is counted (ENOENT).
   *  The next three: EOPNOTSUPP where the file system of the directory counts no projects. */
  readProject(o: { path: string }): Promise<Project>;
  /** A directory is counted under a project, and so is what is made in it from now on; what is in it already is
   *  counted where it was. */
  setProject(o: { path: string; project: number }): Promise<void>;
  /** Of one project on the file system that a directory lies on. */
  readProjectQuota(o: { path: string; project: number }): Promise<ProjectQuota>;
  /** Hard limits are so, for everybody but root of the host; null: none. They hold at once. */
  setProjectQuota(o: {
    path: string;
    project: number;
    /** counted in units of 1,024 */
    bytes: number | null;
    inodes: number | null;
  }): Promise<void>;

  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat), null when there is no such process. */
  processStartTime(o: { pid: number }): Promise<number | null>;
  /** Sends a signal by pidfd, only when pid still is the process that started at `startTime` (ESRCH). */
  signalProcess(o: { pid: number; startTime: number; signal: number }): Promise<void>;
  /** Resolves when that process has ended (ESRCH when it is not there). */
  waitProcess(o: { pid: number; startTime: number }): Promise<void>;

  /** prlimit(2) by name, lower case without RLIMIT_; null when there is no such process. */
  readProcessLimits(o: { pid: number }): Promise<Record<string, ProcessLimit> | null>;
  /** One limit of the process that started then is so, and for what it starts from now on; what it has in use already
   *  stays (ESRCH; EINVAL for no such limit, or a soft one above the hard one; EPERM above the hard limit that it has,
   *  unless we may raise limits). */
  setProcessLimit(o: ProcessLimit & { pid: number; startTime: number; resource: string }): Promise<void>;
  /** Whether we have what raises a hard limit: CAP_SYS_RESOURCE, which root of some machines lacks. */
  mayRaiseLimits(o: object): Promise<boolean>;
}

export interface BridgePortFlags {
  isolated?: boolean;
  learning?: boolean;
  flood?: boolean;
  mcastFlood?: boolean;
  bcastFlood?: boolean;
}

export interface Link {
  index: number;
  name: string;
  /** `veth`, `bridge`, `loopback`, … ('' when the kernel names none) */
  kind: string;
  mac: string;
  mtu: number;
  up: boolean;
  /** name of the bridge it is a port of */
  master: string | null;
  port: Required<BridgePortFlags> | null;
}

export interface LinkAddress {
  link: string;
  prefix: string;
}

export interface Route {
  /** `10.0.0.0/24`, `default4`, `default6` */
  destination: string;
  gateway?: string;
  link: string;
  /** the gateway is reachable on the link though no route says so */
  onlink?: boolean;
}

export interface Neighbour {
  link: string;
  address: string;
  mac: string | null;
  state: 'permanent' | 'reachable' | 'stale' | 'incomplete' | 'failed' | 'other';
}

export interface ForwardingEntry {
  bridge: string;
  port: string;
  mac: string;
}

export interface KernelEvent {
  kind: 'link' | 'address' | 'route' | 'neighbour' | 'overrun';
  change: 'new' | 'gone';
  link: string | null;
}

export interface Controller {
  name: 'memory' | 'cpu' | 'pids' | 'io' | 'freezer' | 'devices' | 'cpuset';
  version: 1 | 2;
  mount: string;
}

export interface CgroupLimits {
  /** bytes */
  memory?: number | null;
  /** cores, 0.5 is half of one */
  cpus?: number | null;
  /** 1 to 10,000; 100, or null, is the usual one */
  cpuWeight?: number | null;
  pids?: number | null;
  /** per second, of one disk */
  ioReadBytes?: number | null;
  ioWriteBytes?: number | null;
  ioReadOperations?: number | null;
  ioWriteOperations?: number | null;
  /** 1 to 1,000; 100, or null, is the usual one */
  ioWeight?: number | null;
}

export interface CgroupUsage {
  memoryBytes: number | null;
  cpuSeconds: number | null;
  pids: number | null;
  oomKills: number | null;
}

/** Sums since the group was made, unless said otherwise; null where the host does not account for it. */
export interface CgroupAccount extends CgroupUsage {
  memoryPeakBytes: number | null;
  /** what cannot be given back: without the cache of files, which the kernel drops when a limit asks it to */
  memoryNeededBytes: number | null;
  /** how long processes had to wait for their share of time, and how often */
  throttledSeconds: number | null;
  throttledTimes: number | null;
  ioReadBytes: number | null;
  ioWriteBytes: number | null;
  ioReadOperations: number | null;
  ioWriteOperations: number | null;
  /** seconds in which at least one process waited for it (PSI, `some`) */
  cpuPressureSeconds: number | null;
  memoryPressureSeconds: number | null;
  ioPressureSeconds: number | null;
}

/** In the kernel's units; null: none. */
export interface ProcessLimit {
  soft: number | null;
  hard: number | null;
}

export interface Project {
  project: number;
  /** what is made in the directory belongs to the project too */
  inherits: boolean;
}

export interface ProjectQuota {
  usedBytes: number;
  usedInodes: number;
  bytes: number | null;
  inodes: number | null;
}

export interface Mount {
  target: string;
  fsType: string;
  source: string;
  options: string[];
}

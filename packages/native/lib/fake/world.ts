import { constants } from 'node:os';
import type { BridgePortFlags, KernelEvent, Mount, Neighbour, Project, ProjectQuota } from '../kernel.ts';
import { KernelError } from '../kernel-error.ts';
import type { FakeCgroup } from './cgroups.ts';
import { emptyRuleset, type NftRuleset } from './nft-ruleset.ts';
import type { FakeProcess } from './processes.ts';

/** A refusal to come: the next `times` acts whose step matches fail with `code` (absent: every one). */
export interface PlannedFailure {
  step: RegExp;
  code: string;
  times?: number;
}

export interface FakeLink {
  index: number;
  name: string;
  kind: string;
  mac: string;
  mtu: number;
  up: boolean;
  master: FakeLink | null;
  port: Required<BridgePortFlags> | null;
  /** The other end of a veth. */
  peer: { namespace: FakeNamespace; link: FakeLink } | null;
  /** `address/length`, in the order they were added. */
  addresses: string[];
  /** On a bridge: static entries, mac to port. */
  forwarding: Map<string, FakeLink>;
}

export interface FakeRoute {
  destination: string;
  gateway?: string;
  link: FakeLink;
  onlink: boolean;
}

export interface FakeNeighbour extends Omit<Neighbour, 'link'> {
  link: FakeLink;
}

export interface FakeNamespace {
  links: FakeLink[];
  nextIndex: number;
  routes: FakeRoute[];
  neighbours: FakeNeighbour[];
  sysctls: Map<string, string>;
  nft: NftRuleset;
  watchers: Set<(event: KernelEvent) => void>;
}

export function refuse(step: string, code: string, detail?: string): never {
  const errno = constants.errno[code as keyof typeof constants.errno];
  if (errno === undefined) throw new TypeError(`no such errno: ${code}`);
  throw new KernelError(step, code, errno, detail);
}

export function emit(namespace: FakeNamespace, event: KernelEvent) {
  for (const watcher of namespace.watchers) watcher(event);
}

export function newNamespace(): FakeNamespace {
  const lo: FakeLink = {
    index: 1,
    name: 'lo',
    kind: 'loopback',
    mac: '00:00:00:00:00:00',
    mtu: 65536,
    up: true,
    master: null,
    port: null,
    peer: null,
    addresses: ['127.0.0.1/8', '::1/128'],
    forwarding: new Map(),
  };
  return {
    links: [lo],
    nextIndex: 2,
    routes: [],
    neighbours: [],
    sysctls: new Map([['ipv4/conf/all/promote_secondaries', '1']]),
    nft: emptyRuleset(),
    watchers: new Set(),
  };
}

/** All state of one fake kernel. */
export class World {
  /** By the path of the pin; `''` is the namespace of this process. */
  readonly namespaces = new Map<string, FakeNamespace>([['', newNamespace()]]);
  readonly cgroups = new Map<string, FakeCgroup>();
  mounts: Mount[] = [{ target: '/proc', fsType: 'proc', source: 'proc', options: ['rw', 'relatime'] }];
  /** By path of the directory; null: its file systems count no projects. */
  readonly projects: Map<string, Project> | null;
  /** By number. */
  readonly quotas = new Map<number, Pick<ProjectQuota, 'bytes' | 'inodes'>>();
  readonly processes = new Map<number, FakeProcess>();
  lastPid = 1000;
  readonly failures: PlannedFailure[];
  /** Whether hard limits of processes may be raised. */
  readonly raisesLimits: boolean;

  constructor(
    failures: PlannedFailure[],
    {
      countsProjects = false,
      raisesLimits = true,
    }: { countsProjects?: boolean; raisesLimits?: boolean } = {},
  ) {
    this.raisesLimits = raisesLimits;
    this.failures = failures;
    this.projects = countsProjects ? new Map() : null;
  }

  /** Begins an act: fails when a failure was planned for it. */
  begin(step: string) {
    const failure = this.failures.find((one) => one.step.test(step) && one.times !== 0);
    if (!failure) return;
    if (failure.times !== undefined) failure.times -= 1;
    refuse(step, failure.code, 'planned');
  }

  /** The namespace pinned at `netns`, for an act. */
  enter(netns: string | undefined, step: string): FakeNamespace {
    this.begin(step);
    return this.namespaces.get(netns ?? '') ?? refuse(`open network namespace ${netns}`, 'ENOENT');
  }
}

export function linkNamed(namespace: FakeNamespace, name: string, step: string): FakeLink {
  return namespace.links.find((link) => link.name === name) ?? refuse(step, 'ENODEV');
}

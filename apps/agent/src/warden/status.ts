import type { Bounds } from '@cellblock/shared/bounds';
import { addressesOf, type HostSpec, type JailSpec, jailsOf, networksOf } from '@cellblock/shared/host-spec';
import type { HostState, JailState } from '@cellblock/shared/host-state';
import type {
  AddressSeen,
  HostCheck,
  HostFacts,
  HostStatus,
  JailSeen,
  JailSeenState,
  NetworkSeen,
  Problem,
} from '@cellblock/shared/host-status';
import { bridgeName, portName } from '@cellblock/shared/owned-names';
import type { Step } from '@cellblock/shared/step';
import type { AcceptedSpec } from './accepted-spec.ts';
import type { Hold } from './holds.ts';

export interface StatusParts {
  /** generation of the newest accepted spec, as the ledger has it */
  generation: number;
  converged: number;
  now: Date;
  facts: HostFacts;
  checks: HostCheck[];
  bounds: Bounds;
  accepted: AcceptedSpec;
  state: HostState;
  underWay: readonly Step[];
  /** jails (`jail KEY`) that were being changed while the state was observed */
  unsure: ReadonlySet<string>;
  problems: Problem[];
  holds: readonly Hold[];
  usage: ReadonlyMap<string, JailSeen['usage']>;
  receipts: number;
}

/** What the host reports: only what was seen, and what stands in the way of the rest. */
export function hostStatus(given: StatusParts): HostStatus {
  const { spec } = given.accepted;
  const parts = { ...given, found: found(given) };
  return {
    accepted: parts.generation,
    converged: parts.converged,
    at: parts.now.toISOString(),
    facts: parts.facts,
    checks: parts.checks,
    bounds: parts.bounds,
    jails: jailsOf(spec).map((jail) => jailSeen(jail, parts)),
    addresses: addressesSeen(spec, parts),
    networks: networksSeen(spec, parts),
    problems: parts.problems,
    refused: parts.accepted.refused,
    receipts: parts.receipts,
  };
}

/** What is asked of each jail and each address is found without looking through all. */
function found({ underWay, state, problems }: StatusParts) {
  return {
    steps: Map.groupBy(underWay, (step) => ('jail' in step ? step.jail : '')),
    jails: new Map(state.jails.map((jail) => [jail.key, jail])),
    ports: new Set(state.ports.map(({ name }) => name)),
    allowed: new Set(state.guard.addresses.map(({ port, address }) => `${port} ${address}`)),
    problems: new Set(problems.map(({ key }) => key)),
  };
}
type Parts = StatusParts & { found: ReturnType<typeof found> };

function jailSeen(spec: JailSpec, parts: Parts): JailSeen {
  const seen = parts.found.jails.get(spec.key);
  const process = seen?.process ?? null;
  const running = process?.state === 'running';
  const hold = parts.holds.find(({ jail }) => jail === spec.id);
  return {
    id: spec.id,
    key: spec.key,
    name: spec.name,
    state: seenState(spec, seen, parts),
    startNumber: process?.startNumber ?? 0,
    startedAt: running ? process.startedAt : null,
    pid: running ? process.pid : null,
    exit: process?.exit ?? null,
    restarts: process?.restarts ?? 0,
    nextRestartAt: running ? null : (process?.restartAt ?? null),
    idBase: seen?.idBase ?? null,
    usage: running ? (parts.usage.get(spec.key) ?? null) : null,
    oomKills: parts.usage.get(spec.key)?.oomKills ?? null,
    hold: hold ? { reason: hold.reason, by: hold.by, at: hold.at } : null,
    hasStorage: seen !== undefined && seen.storage !== 'absent',
  };
}

/** Nothing is said to be done before the steps that do it are done and accounted for. */
function seenState(spec: JailSpec, seen: JailState | undefined, parts: Parts): JailSeenState {
  const steps = parts.found.steps.get(spec.key) ?? [];
  const process = seen?.process ?? null;
  if (process?.state === 'running') {
    if (steps.some(({ kind }) => kind === 'process.stop')) return 'stopping';
    return steps.some(({ kind }) => kind === 'process.start') ? 'starting' : 'running';
  }
  const busy = steps.length > 0 || parts.unsure.has(`jail ${spec.key}`);
  if (spec.wanted === 'destroyed') return busy || hasRemains(spec, seen, parts) ? 'stopping' : 'destroyed';
  if (spec.wanted === 'stopped') return busy || seen?.netns ? 'stopping' : 'stopped';
  if (parts.accepted.frozen.has(`jail/${spec.id}`)) return 'stopped';
  if (parts.found.problems.has(`jail/${spec.id}`)) return 'failed';
  if (process === null || process.startNumber < spec.startNumber) return 'starting';
  if (process.restartAt !== null) return 'failed';
  return process.exit?.code === 0 ? 'stopped' : 'failed';
}

function hasRemains(spec: JailSpec, seen: JailState | undefined, { state, found }: Parts): boolean {
  const port = spec.interfaces.some((inside) => found.ports.has(portName(state.instance, inside.key)));
  if (port || !seen) return port;
  return (
    seen.netns !== null ||
    seen.cgroup !== null ||
    seen.idBase !== null ||
    (spec.purge && seen.storage !== 'absent')
  );
}

/** Present: the guard lets the jail send from it and its link carries it. Absent: neither does. */
function addressesSeen(spec: HostSpec, { state, unsure, underWay, found }: Parts): AddressSeen[] {
  const changing = new Set(underWay.map((step) => step.object));
  const jails = new Map(jailsOf(spec).map((jail) => [jail.id, jail]));
  return addressesOf(spec).map((address) => {
    const jail = jails.get(address.jail);
    const inside = jail?.interfaces.find(({ id }) => id === address.interface);
    const port = inside ? portName(state.instance, inside.key) : null;
    const netns = (jail && found.jails.get(jail.key)?.netns) ?? null;
    const carried = (netns?.addresses ?? []).some(
      ({ link, prefix }) => link === inside?.name && prefix.startsWith(`${address.address}/`),
    );
    const allowed = found.allowed.has(`${port} ${address.address}`);
    // A step of an older spec may be giving it right now: only a quiet jail is known not to have it.
    const moving = jail !== undefined && unsure.has(`jail ${jail.key}`);
    const there =
      address.wanted === 'present'
        ? carried && allowed && !changing.has(`address/${address.id}`)
        : carried || allowed || moving;
    const otherwise = address.wanted === 'present' ? 'waiting' : 'absent';
    return {
      id: address.id,
      address: address.address,
      jail: address.jail,
      state: there ? 'present' : otherwise,
    };
  });
}

function networksSeen(spec: HostSpec, parts: StatusParts): NetworkSeen[] {
  return networksOf(spec).map((network) => {
    const link = network.parent ?? bridgeName(parts.state.instance, network.key);
    const there =
      network.parent === null
        ? parts.state.bridges.some((bridge) => bridge.name === link && bridge.up)
        : network.wanted === 'present' && parts.facts.bridges.includes(link);
    return { id: network.id, link: there ? link : null, state: there ? 'present' : 'absent' };
  });
}

import * as z from 'zod';
import { Duration, formatDuration } from './duration.ts';
import { HostPath } from './host-path.ts';
import { IpAddress, Subnet } from './ip-address.ts';
import { type JailLimits, NO_LIMITS } from './jail-limits.ts';
import { ImageDigest, type JailRoot, JailSettings, ResourceLimits, RestartPolicy } from './jail-spec.ts';
import { JailStorage } from './jail-storage.ts';
import { Hostname, Name } from './name.ts';
import { Profile } from './profile.ts';
import { rootOfProfile } from './profile-rule.ts';
import { formatSize, Size } from './size.ts';
import { ViewMount } from './view-mount.ts';
import type { JailView } from './views/jail-view.ts';
import type { NetworkView, PoolView } from './views/network-view.ts';

/**
 * What `show -o yaml` prints and `apply` reads: `{apiVersion, kind, metadata, spec}`, and beside it `seen`,
 * the host's report, which apply ignores. Everything but names may be left out and then stays as it is.
 */
const header = { apiVersion: z.literal('cellblock/v1'), seen: z.unknown().optional() };
const metadata = z.strictObject({ name: Name, id: z.uuid().optional() });

const RangeText = z
  .string()
  .regex(/^[^-\s]+-[^-\s]+$/, 'is not a range: write it as FIRST-LAST, 10.0.0.10-10.0.0.99');

const SizeLimit = Size.nullable().optional();
const NumberLimit = z.number().nullable().optional();
const DocumentLimits = z.strictObject({
  memory: SizeLimit,
  cpus: NumberLimit,
  cpuWeight: NumberLimit,
  pids: NumberLimit,
  ioReadBytes: SizeLimit,
  ioWriteBytes: SizeLimit,
  ioReadOperations: NumberLimit,
  ioWriteOperations: NumberLimit,
  ioWeight: NumberLimit,
});

export const JailDocument = z.strictObject({
  ...header,
  kind: z.literal('Jail'),
  metadata,
  spec: z.strictObject({
    host: z.string().optional(),
    state: z.enum(['running', 'stopped']).optional(),
    hostname: Hostname.optional(),
    root: z
      .union([
        z.literal('host-usr'),
        z.literal('view'),
        z.strictObject({ dir: HostPath }),
        z.strictObject({ tar: HostPath }),
        z.strictObject({ image: ImageDigest }),
      ])
      .optional(),
    ephemeral: z.boolean().optional(),
    storage: JailStorage.optional(),
    /** Empty: no network. Without `addresses` the next free one of each family. */
    interfaces: z
      .array(
        z.strictObject({
          name: z.string().optional(),
          network: z.string(),
          addresses: z.array(IpAddress).optional(),
        }),
      )
      .optional(),
    command: JailSettings.shape.command.removeDefault().optional(),
    environment: JailSettings.shape.environment.removeDefault().optional(),
    limits: DocumentLimits.optional(),
    dns: z.array(IpAddress).max(3).optional(),
    readOnly: z.boolean().optional(),
    profile: Profile.optional(),
    view: z.array(ViewMount).max(256).optional(),
    devices: JailSettings.shape.devices.removeDefault().optional(),
    resourceLimits: ResourceLimits.optional(),
    boot: z.boolean().optional(),
    restart: RestartPolicy.optional(),
    stop: z.strictObject({ timeout: Duration }).optional(),
  }),
});

export const NetworkDocument = z.strictObject({
  ...header,
  kind: z.literal('Network'),
  metadata,
  spec: z.strictObject({
    kind: z.literal('bridge').default('bridge'),
    subnets: z.array(Subnet).min(1),
    nat: z.boolean().optional(),
    parent: z.string().optional(),
    gateway: IpAddress.optional(),
    host: z.string().optional(),
  }),
});

export const PoolDocument = z.strictObject({
  ...header,
  kind: z.literal('Pool'),
  metadata,
  spec: z.strictObject({ network: z.string(), range: RangeText, cooling: Duration.optional() }),
});

export const ApplyDocument = z.discriminatedUnion('kind', [JailDocument, NetworkDocument, PoolDocument]);
/** As written. */
export type ApplyDocument = z.input<typeof ApplyDocument>;
/** As parsed: sizes in bytes, durations in milliseconds. */
export type ParsedDocument = z.output<typeof ApplyDocument>;
export type DocumentKind = ApplyDocument['kind'];

/** What `documents.plan` and `documents.apply` answer: one entry per document, in the file's order. */
export const DocumentAct = z.enum(['create', 'change', 'none']);

/** The settings that a jail document names; what it leaves out stays as it is. */
export function documentSettings(
  spec: Extract<ParsedDocument, { kind: 'Jail' }>['spec'],
  present: Pick<JailSettings, 'limits' | 'profile'> | null,
): Partial<JailSettings> {
  const settings: Partial<JailSettings> = {};
  const {
    hostname,
    command,
    environment,
    dns,
    storage,
    readOnly,
    profile,
    view,
    devices,
    resourceLimits,
    boot,
    restart,
  } = spec;
  Object.assign(
    settings,
    Object.fromEntries(
      Object.entries({
        hostname,
        command,
        environment,
        dns,
        storage,
        readOnly,
        profile,
        view,
        devices,
        resourceLimits,
        boot,
        restart,
      }).filter(([, value]) => value !== undefined),
    ),
  );
  if (present) Object.assign(settings, rootOfProfile(spec, present));
  if (spec.root !== undefined || spec.ephemeral !== undefined) {
    const root = spec.root ?? 'host-usr';
    if (root === 'host-usr') settings.root = { kind: 'host-usr', ephemeral: spec.ephemeral ?? false };
    else if (root === 'view') settings.root = { kind: 'view' };
    else if ('dir' in root) settings.root = { kind: 'dir', path: root.dir };
    else if ('image' in root) settings.root = { kind: 'image', digest: root.image };
    else settings.root = { kind: 'tar', path: root.tar };
  }
  if (spec.limits !== undefined) {
    const named = Object.entries(spec.limits).filter(([, value]) => value !== undefined);
    settings.limits = {
      ...(present?.limits ?? NO_LIMITS),
      ...(Object.fromEntries(named) as Partial<JailLimits>),
    };
  }
  if (spec.stop !== undefined) settings.stopTimeoutMs = spec.stop.timeout;
  return settings;
}

/** A jail as a document: what is wanted under `spec`, what its host reports under `seen`. */
function rootOfDocument(root: JailRoot): z.infer<typeof JailDocument>['spec']['root'] {
  switch (root.kind) {
    case 'host-usr':
    case 'view':
      return root.kind;
    case 'dir':
      return { dir: root.path };
    case 'tar':
      return { tar: root.path };
    case 'image':
      return { image: root.digest };
  }
}

export function jailDocument(jail: JailView): ApplyDocument {
  const { settings } = jail;
  return {
    apiVersion: 'cellblock/v1',
    kind: 'Jail',
    metadata: { name: jail.name, id: jail.id },
    spec: {
      host: jail.host.name,
      // A destroyed jail is shown too; its document wants nothing.
      ...(jail.wanted.state === 'destroyed' ? {} : { state: jail.wanted.state }),
      hostname: settings.hostname,
      root: rootOfDocument(settings.root),
      ...(settings.root.kind === 'host-usr' ? { ephemeral: settings.root.ephemeral } : {}),
      ...(settings.storage === undefined ? {} : { storage: settings.storage }),
      interfaces: jail.interfaces.map((link) => ({
        name: link.name,
        network: link.network.name,
        addresses: link.addresses.filter(isWanted).map((held) => held.address),
      })),
      command: settings.command,
      environment: settings.environment,
      limits: writtenLimits(settings.limits),
      dns: settings.dns,
      readOnly: settings.readOnly,
      profile: settings.profile,
      view: settings.view,
      devices: settings.devices,
      resourceLimits: settings.resourceLimits,
      boot: settings.boot,
      restart: settings.restart,
      stop: { timeout: formatDuration(settings.stopTimeoutMs) },
    } as Extract<ApplyDocument, { kind: 'Jail' }>['spec'],
    seen: jailSeenPart(jail),
  };
}

type Held = JailView['addresses'][number];
const isWanted = (held: Held) => held.state === 'wanted' || held.state === 'assigned';

/** What the host reports of a jail, with the time of its report; null when it never reported it. */
export function jailSeenPart(
  jail: Pick<JailView, 'seen' | 'seenAt' | 'host' | 'addresses' | 'problem' | 'state'>,
) {
  if (jail.seen === null) return null;
  return {
    at: jail.seenAt,
    /** The host is silent: what follows was true at `at`. */
    unknown: jail.state === 'unknown',
    state: jail.seen.state,
    startedAt: jail.seen.startedAt,
    pid: jail.seen.pid,
    exit: jail.seen.exit,
    restarts: jail.seen.restarts,
    addresses: jail.addresses.filter((held) => held.seenFrom !== null).map((held) => held.address),
    usage: jail.seen.usage,
    hold: jail.seen.hold,
    problem: jail.problem,
  };
}

/** The three that were always there, and those that are set. */
function writtenLimits(limits: JailLimits): z.input<typeof DocumentLimits> {
  const size = (bytes: number | null) => (bytes === null ? null : formatSize(bytes));
  const { memory, cpus, pids, ioReadBytes, ioWriteBytes, ...others } = limits;
  const rest = { ...others, ioReadBytes: size(ioReadBytes), ioWriteBytes: size(ioWriteBytes) };
  return {
    memory: size(memory),
    cpus,
    pids,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
  };
}

export function networkDocument(network: NetworkView): ApplyDocument {
  const gateway =
    network.parent === null ? null : (network.subnets.find((subnet) => subnet.gateway)?.gateway ?? null);
  const only = network.reach === 'host' ? network.hosts[0] : undefined;
  return {
    apiVersion: 'cellblock/v1',
    kind: 'Network',
    metadata: { name: network.name, id: network.id },
    spec: {
      kind: network.kind,
      subnets: network.subnets.map((subnet) => subnet.prefix),
      nat: network.nat,
      ...(network.parent === null ? {} : { parent: network.parent }),
      ...(gateway === null ? {} : { gateway }),
      ...(only === undefined ? {} : { host: only.name }),
    },
    seen: {
      reach: network.reachText,
      hosts: network.hosts.map((host) => ({ name: host.name, present: host.seen })),
    },
  };
}

export function poolDocument(pool: PoolView): ApplyDocument {
  return {
    apiVersion: 'cellblock/v1',
    kind: 'Pool',
    metadata: { name: pool.name, id: pool.id },
    spec: {
      network: pool.network.name,
      range: `${pool.first}-${pool.last}`,
      cooling: formatDuration(pool.coolingSeconds * 1000),
    },
    seen: { counts: pool.counts, next: pool.next, reservations: pool.reservations },
  };
}

import * as z from 'zod';
import { Bounds } from './bounds.ts';
import { JailUsage } from './jail-usage.ts';

/** Where a jail is, as the host sees it. `failed`: it ended and its restart policy gives up or waits. */
export const JailSeenState = z.enum(['starting', 'running', 'stopping', 'stopped', 'failed', 'destroyed']);
export type JailSeenState = z.infer<typeof JailSeenState>;

/** Why an object is not yet as wanted: the step that failed, in the kernel's words. */
export const Problem = z.object({
  key: z.string(),
  step: z.string(),
  /** EEXIST, ENOSPC, …; null when it was no kernel call */
  code: z.string().nullable(),
  message: z.string(),
  fix: z.string().optional(),
  cause: z.uuid().nullable(),
  generation: z.int(),
  at: z.iso.datetime(),
  attempts: z.int(),
  nextTryAt: z.iso.datetime().nullable(),
});
export type Problem = z.infer<typeof Problem>;

export const JailSeen = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  state: JailSeenState,
  startNumber: z.int(),
  startedAt: z.iso.datetime().nullable(),
  /** pid of the jail's pid 1 on the host */
  pid: z.int().nullable(),
  exit: z.object({ code: z.int().nullable(), signal: z.int().nullable(), at: z.iso.datetime() }).nullable(),
  restarts: z.int(),
  nextRestartAt: z.iso.datetime().nullable(),
  idBase: z.int().nullable(),
  usage: JailUsage.nullable(),
  /** processes that the kernel killed for memory since its control group was made; also of a jail that has ended */
  oomKills: z.number().nullable().optional(),
  /** An administrator at the host holds it against remote changes. */
  hold: z.object({ reason: z.string(), by: z.string(), at: z.iso.datetime() }).nullable(),
  hasStorage: z.boolean(),
});
export type JailSeen = z.infer<typeof JailSeen>;

/** present: the kernel carries it in the jail; it can be used. absent: nothing of it is left. */
export const AddressSeen = z.object({
  id: z.uuid(),
  address: z.string(),
  jail: z.uuid(),
  state: z.enum(['present', 'absent', 'waiting']),
});
export type AddressSeen = z.infer<typeof AddressSeen>;

export const NetworkSeen = z.object({
  id: z.uuid(),
  link: z.string().nullable(),
  state: z.enum(['present', 'absent']),
});
export type NetworkSeen = z.infer<typeof NetworkSeen>;

/** One thing the host can or cannot do, and what is lost by it. */
export const HostCheck = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(['have', 'lack', 'warn']),
  evidence: z.string(),
  /** what does not work because of it */
  lost: z.string().optional(),
  /** the exact command that mends it */
  fix: z.string().optional(),
});
export type HostCheck = z.infer<typeof HostCheck>;

export const HostFacts = z.object({
  hostname: z.string(),
  kernel: z.string(),
  distribution: z.string(),
  architecture: z.string(),
  agentVersion: z.string(),
  instance: z.string(),
  bootId: z.string(),
  bootedAt: z.iso.datetime(),
  cpus: z.int(),
  memoryBytes: z.number(),
  /** addresses and routes of the host itself: what stands in the way of a subnet */
  addresses: z.array(z.object({ link: z.string(), prefix: z.string() })),
  routes: z.array(z.object({ destination: z.string(), gateway: z.string().optional(), link: z.string() })),
  /** bridges that a network may attach to with --parent */
  bridges: z.array(z.string()),
  /** what it can hold limits with: memory, cpu, pids, io, io-weight, devices, project-quota; absent: its agent does not say */
  controllers: z.array(z.string()).optional(),
});
export type HostFacts = z.infer<typeof HostFacts>;

/** Refused on this host, for good until something changes: which object, by which rule. */
export const RefusedObject = z.object({
  key: z.string(),
  rule: z.string(),
  message: z.string(),
  /** what to do about it; a command or an act that works */
  fix: z.string().optional(),
  cause: z.uuid().nullable(),
});
export type RefusedObject = z.infer<typeof RefusedObject>;

export const HostStatus = z.object({
  /** The generation that was last accepted and the one that was last made true without a problem. */
  accepted: z.int(),
  converged: z.int(),
  at: z.iso.datetime(),
  facts: HostFacts,
  checks: z.array(HostCheck),
  bounds: Bounds,
  jails: z.array(JailSeen),
  addresses: z.array(AddressSeen),
  networks: z.array(NetworkSeen),
  problems: z.array(Problem),
  refused: z.array(RefusedObject),
  /** Sequence number of the newest receipt. */
  receipts: z.int(),
});
export type HostStatus = z.infer<typeof HostStatus>;

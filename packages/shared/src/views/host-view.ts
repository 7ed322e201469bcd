import * as z from 'zod';
import { Bounds } from '../bounds.ts';
import { HostCheck, HostFacts, Problem } from '../host-status.ts';

/** waiting: enrolled, not approved · ready: reports · unknown: silent · locked: its key was used twice */
export const HostState = z.enum(['waiting', 'ready', 'unknown', 'locked', 'frozen']);
export type HostState = z.infer<typeof HostState>;

/**
 * A host is unknown when it has been silent for this long: more than two of its reports, and so early that every
 * screen says so within 15 s of the last one.
 */
export const HOST_SILENT_AFTER_MS = 12_000;

export const HostSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  state: HostState,
  /** this machine: root here needs no sign-in */
  local: z.boolean(),
  jails: z.object({ wanted: z.int(), running: z.int() }),
  checks: z.object({ have: z.int(), total: z.int() }),
  agentVersion: z.string().nullable(),
  kernel: z.string().nullable(),
  lastReportAt: z.iso.datetime().nullable(),
  generation: z.object({ wanted: z.int(), accepted: z.int(), converged: z.int() }),
});
export type HostSummary = z.infer<typeof HostSummary>;

export const HostView = HostSummary.extend({
  fingerprint: z.string(),
  enrolledAt: z.iso.datetime(),
  approvedAt: z.iso.datetime().nullable(),
  facts: HostFacts.nullable(),
  checkList: z.array(HostCheck),
  bounds: Bounds.nullable(),
  problems: z.array(Problem),
});
export type HostView = z.infer<typeof HostView>;

/** Everything the host's network picture needs: link, bridge, veth, jail, address. */
export const HostNetworkPicture = z.object({
  networks: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      link: z.string().nullable(),
      parent: z.string().nullable(),
      subnets: z.array(z.object({ prefix: z.string(), gateway: z.string().nullable() })),
      nat: z.boolean(),
      seen: z.boolean(),
      ports: z.array(
        z.object({
          jail: z.object({ id: z.uuid(), name: z.string() }),
          interface: z.string(),
          link: z.string(),
          addresses: z.array(z.object({ address: z.string(), state: z.string() })),
        }),
      ),
    }),
  ),
  links: z.array(z.object({ link: z.string(), addresses: z.array(z.string()) })),
});
export type HostNetworkPicture = z.infer<typeof HostNetworkPicture>;

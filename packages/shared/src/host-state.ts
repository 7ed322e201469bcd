import * as z from 'zod';
import { JailLimits } from './jail-limits.ts';
import { ResourceLimits } from './jail-spec.ts';

/**
 * What the kernel of one host holds of this agent's objects, as it was observed: never a stranger's object,
 * never what somebody wants.
 */

/** A pid 1 as it was last seen. `starting`: the record says so and no tree is there yet. */
export const ProcessState = z.object({
  state: z.enum(['running', 'exited', 'lost']),
  /** start number of the spec that it was started from */
  startNumber: z.int(),
  pid: z.int().nullable(),
  startedAt: z.string(),
  exit: z.object({ code: z.int().nullable(), signal: z.int().nullable(), at: z.string() }).nullable(),
  restarts: z.int(),
  /** When the restart policy wants it started again; null: it is done, or its policy gave up. */
  restartAt: z.string().nullable(),
  /** setrlimit(2) by name, of every process; null: a change has not reached all of them; absent: an agent that cannot
   *  change them while it runs */
  resourceLimits: ResourceLimits.nullable().optional(),
});
export type ProcessState = z.infer<typeof ProcessState>;

export const RouteState = z.object({
  destination: z.string(),
  gateway: z.string().nullable(),
  link: z.string(),
});
export type RouteState = z.infer<typeof RouteState>;

/** Inside of a jail's network namespace. */
export const NetnsState = z.object({
  /** what /proc/sys/net holds, for the keys that we set */
  settings: z.record(z.string(), z.string()),
  links: z.array(z.object({ name: z.string(), mac: z.string(), up: z.boolean() })),
  addresses: z.array(z.object({ link: z.string(), prefix: z.string() })),
  routes: z.array(RouteState),
});
export type NetnsState = z.infer<typeof NetnsState>;

export const JailState = z.object({
  key: z.string(),
  /** first host id of its range; null: none is claimed */
  idBase: z.int().nullable(),
  /** `unsafe`: there, but not as finding F3 wants it (0700 above, nosuid and nodev on the host side) */
  storage: z.enum(['absent', 'unsafe', 'safe']),
  /** `whole` false: a crash left it in some of the host's hierarchies only */
  cgroup: z
    .object({
      limits: JailLimits,
      whole: z.boolean().optional(),
      /** nodes of /dev that it may open beside the usual ones; null: it may open any; absent: this host cannot
       *  keep a group from a device */
      devices: z.array(z.string()).nullable().optional(),
    })
    .nullable(),
  netns: NetnsState.nullable(),
  process: ProcessState.nullable(),
});
export type JailState = z.infer<typeof JailState>;

export const PortFlags = z.object({
  isolated: z.boolean(),
  learning: z.boolean(),
  flood: z.boolean(),
  mcastFlood: z.boolean(),
  bcastFlood: z.boolean(),
});
export type PortFlags = z.infer<typeof PortFlags>;

export const HostState = z.object({
  /** the host's clock when it was observed */
  at: z.string(),
  instance: z.string(),
  guard: z.object({
    installed: z.boolean(),
    ports: z.array(z.string()),
    addresses: z.array(z.object({ port: z.string(), mac: z.string(), address: z.string() })),
  }),
  nat: z.object({ installed: z.boolean(), subnets: z.array(z.string()) }),
  bridges: z.array(
    z.object({
      name: z.string(),
      up: z.boolean(),
      addresses: z.array(z.string()),
      settings: z.record(z.string(), z.string()),
    }),
  ),
  ports: z.array(
    z.object({
      name: z.string(),
      up: z.boolean(),
      master: z.string().nullable(),
      flags: PortFlags.nullable(),
      settings: z.record(z.string(), z.string()),
    }),
  ),
  forwarding: z.array(z.object({ bridge: z.string(), port: z.string(), mac: z.string() })),
  /** permanent entries on our own bridges */
  neighbours: z.array(z.object({ link: z.string(), address: z.string(), mac: z.string() })),
  jails: z.array(JailState),
  /** host-wide settings that a wanted network or the bounds themselves ask for, and whether the bounds let us change
   *  them */
  hostSettings: z.array(z.object({ key: z.string(), value: z.string(), mayChange: z.boolean() })),
  /** whether its root may raise a hard limit of a process that runs (CAP_SYS_RESOURCE) */
  raisesLimits: z.boolean().optional(),
});
export type HostState = z.infer<typeof HostState>;

/** A host on which nothing of ours exists. */
export function emptyHostState(instance: string, at: string): HostState {
  return {
    at,
    instance,
    guard: { installed: false, ports: [], addresses: [] },
    nat: { installed: false, subnets: [] },
    bridges: [],
    ports: [],
    forwarding: [],
    neighbours: [],
    jails: [],
    hostSettings: [],
  };
}

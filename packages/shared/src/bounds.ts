import * as z from 'zod';
import { HostPath } from './host-path.ts';
import { Subnet } from './ip-address.ts';

/**
 * What any dashboard may ask of a host. Read from /etc/cellblock/bounds.d/*.yaml, root's alone; no remote
 * call can change it (product.md, 8).
 */
export const Bounds = z.object({
  /** Directories below which a `dir:` root or a `tar:` file may lie. */
  rootPrefixes: z.array(HostPath).default([]),
  /** Directories below which what a view shows may lie; of several the longest decides. Writable binds need
   *  `writable: true`; what is read with the ids that are on disk (overlays, idmapped binds) needs `idmapped: true`,
   *  which comes with `writable`. Otherwise the host's files are nobody's in a jail. */
  viewPrefixes: z
    .array(
      z.strictObject({
        path: HostPath,
        writable: z.boolean().default(false),
        idmapped: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Nodes below /dev that a jail may be given: kvm, net/tun, … */
  devices: z.array(z.string()).default([]),
  /** Registries that images may come from: docker.io, registry.example:5000; Debian's and Alpine's own mirrors
   *  are `debian` and `alpine`. */
  imageSources: z.array(z.string()).default(['debian', 'alpine', 'upload']),
  /** bytes on disk that one image may have, and files: a small archive can unfold to any size */
  maxImageBytes: z
    .int()
    .min(0)
    .default(16 * 1024 ** 3),
  maxImageFiles: z.int().min(0).default(1_000_000),
  /** A host for experiments: bombs and floods of the answers suite may run here. */
  lab: z.boolean().default(false),
  /** Subnets that networks may use; empty: any private or documentation range. */
  subnets: z.array(Subnet).default([]),
  /** Bridges that a network may attach to. */
  parents: z.array(z.string()).default([]),
  maxJails: z.int().min(0).default(1000),
  /** bytes a single jail may be given */
  maxMemory: z.int().nullable().default(null),
  maxCpus: z.number().nullable().default(null),
  maxPids: z.int().nullable().default(null),
  maxCpuWeight: z.int().nullable().default(null),
  /** bytes per second that a single jail may be given of the disk */
  maxIoReadBytes: z.int().nullable().default(null),
  maxIoWriteBytes: z.int().nullable().default(null),
  exec: z.boolean().default(true),
  console: z.boolean().default(true),
  /** Host-wide settings that we may change: `net.ipv4.ip_forward`, …; `proc.hidepid` is set wherever it is named. */
  hostSettings: z.array(z.string()).default([]),
});
export type Bounds = z.infer<typeof Bounds>;

/** Private and documentation ranges: what a network may use when the bounds name no subnets. */
const PRIVATE_SUBNETS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  'fc00::/7',
  '2001:db8::/32',
];

/** The subnets within which networks of a host must lie. */
export function allowedSubnets(bounds: Pick<Bounds, 'subnets'>): readonly string[] {
  return bounds.subnets.length > 0 ? bounds.subnets : PRIVATE_SUBNETS;
}

import * as z from 'zod';
import { Subnet } from './ip-address.ts';
import { HostPath } from './jail-spec.ts';

/**
 * What any dashboard may ask of a host. Read from /etc/cellblock/bounds.d/*.yaml, root's alone; no remote
 * call can change it (product.md, 8).
 */
export const Bounds = z.object({
  /** Directories below which a `dir:` root or a `tar:` file may lie. */
  rootPrefixes: z.array(HostPath).default([]),
  /** Subnets that networks may use; empty: any private or documentation range. */
  subnets: z.array(Subnet).default([]),
  /** Bridges that a network may attach to. */
  parents: z.array(z.string()).default([]),
  maxJails: z.int().min(0).default(1000),
  /** bytes a single jail may be given */
  maxMemory: z.int().nullable().default(null),
  maxCpus: z.number().nullable().default(null),
  maxPids: z.int().nullable().default(null),
  exec: z.boolean().default(true),
  console: z.boolean().default(true),
  /** Host-wide settings that we may change: `net.ipv4.ip_forward`, … */
  hostSettings: z.array(z.string()).default([]),
});
export type Bounds = z.infer<typeof Bounds>;

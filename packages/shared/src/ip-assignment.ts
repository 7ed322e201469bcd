import * as z from 'zod';
import { IpAddress } from './ip-address.ts';

export const AssignIpInput = z.object({
  jail: z.string().min(1),
  /** absent: the next free one */
  address: IpAddress.optional(),
  network: z.string().optional(),
  pool: z.string().optional(),
  /** absent: the interface on that network, else a new one */
  interface: z.string().optional(),
  family: z.enum(['v4', 'v6']).optional(),
  dryRun: z.boolean().default(false),
});
export type AssignIpInput = z.input<typeof AssignIpInput>;

export const ReleaseIpInput = z.object({
  jail: z.string().min(1),
  address: IpAddress,
  /** administrators only: close the interval without the host's word; wants a reason */
  forceUnconfirmed: z.boolean().default(false),
  reason: z.string().optional(),
  dryRun: z.boolean().default(false),
});
export type ReleaseIpInput = z.input<typeof ReleaseIpInput>;

export const MoveIpInput = z.object({
  address: IpAddress,
  /** jail that gets it */
  jail: z.string().min(1),
  dryRun: z.boolean().default(false),
});
export type MoveIpInput = z.input<typeof MoveIpInput>;

/** Why an address cannot be had: nine kinds, as data (interface.md 3.9). */
export const ConflictKind = z.enum([
  'assigned',
  'reserved',
  'cooling',
  'outside-pool',
  'duplicate-on-wire',
  'network-or-broadcast',
  'gateway',
  'pool-overlap',
  'family-mismatch',
]);
export type ConflictKind = z.infer<typeof ConflictKind>;

import * as z from 'zod';
import { IpAddress, Subnet } from './ip-address.ts';
import { Name } from './name.ts';

export const CreateNetworkInput = z.object({
  name: Name,
  kind: z.literal('bridge').default('bridge'),
  subnets: z.array(Subnet).min(1, 'needs at least one subnet: 10.20.0.0/24').max(8),
  nat: z.boolean().default(false),
  /** a bridge that exists on the hosts and leads to a real segment */
  parent: z
    .string()
    .regex(/^[^\s/]{1,15}$/)
    .optional(),
  /** with a parent: the segment's gateway; without: first usable address, the bridge's own */
  gateway: IpAddress.optional(),
  host: z.string().optional(),
  dryRun: z.boolean().default(false),
});
export type CreateNetworkInput = z.input<typeof CreateNetworkInput>;

export const CreatePoolInput = z.object({
  name: Name,
  network: z.string().min(1),
  first: IpAddress,
  last: IpAddress,
  coolingSeconds: z.int().min(0).max(31_536_000).default(3600),
});
/** A range as it would be made a pool of a network: asked while it is typed. */
export const CheckPoolInput = CreatePoolInput.pick({ network: true, first: true, last: true });
export type CheckPoolInput = z.input<typeof CheckPoolInput>;

export type CreatePoolInput = z.input<typeof CreatePoolInput>;

export const ReserveInput = z.object({
  pool: z.string().min(1),
  first: IpAddress,
  last: IpAddress,
  reason: z.string().min(1, 'is empty: say why, for whoever finds it later'),
  until: z.iso.datetime().optional(),
});
export type ReserveInput = z.input<typeof ReserveInput>;
export const UnreserveInput = z.object({ pool: z.string().min(1), first: IpAddress, last: IpAddress });
export type UnreserveInput = z.input<typeof UnreserveInput>;

import * as z from 'zod';

export const PoolCounts = z.object({
  /** bigint as text: a v6 pool has more addresses than a number holds */
  size: z.string(),
  assigned: z.int(),
  releasing: z.int(),
  cooling: z.int(),
  reserved: z.int(),
  free: z.string(),
});
export type PoolCounts = z.infer<typeof PoolCounts>;

export const PoolView = z.object({
  id: z.uuid(),
  name: z.string(),
  network: z.object({ id: z.uuid(), name: z.string() }),
  family: z.enum(['v4', 'v6']),
  first: z.string(),
  last: z.string(),
  coolingSeconds: z.int(),
  counts: PoolCounts,
  /** what nextFree would give now */
  next: z.string().nullable(),
  reservations: z.array(
    z.object({
      id: z.uuid(),
      first: z.string(),
      last: z.string(),
      reason: z.string(),
      until: z.iso.datetime().nullable(),
      by: z.string(),
    }),
  ),
});
export type PoolView = z.infer<typeof PoolView>;

export const NetworkView = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.literal('bridge'),
  parent: z.string().nullable(),
  nat: z.boolean(),
  subnets: z.array(z.object({ prefix: z.string(), gateway: z.string().nullable() })),
  /** host: jails of one host only; segment: every host that has the parent bridge */
  reach: z.enum(['host', 'segment']),
  /** the sentence shown wherever the network is shown */
  reachText: z.string(),
  hosts: z.array(z.object({ id: z.uuid(), name: z.string(), seen: z.boolean() })),
  pools: z.array(PoolView),
  jails: z.int(),
  createdAt: z.iso.datetime(),
});
export type NetworkView = z.infer<typeof NetworkView>;

export const AddressState = z.enum([
  'free',
  'wanted',
  'assigned',
  'releasing',
  'cooling',
  'reserved',
  'gateway',
  'network',
  'broadcast',
  'host',
]);
export type AddressState = z.infer<typeof AddressState>;

/** One cell of the grid. Runs of equal cells without holder are one entry with `count`. */
export const PoolCell = z.object({
  first: z.string(),
  count: z.int(),
  state: AddressState,
  holder: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  since: z.iso.datetime().nullable(),
  until: z.iso.datetime().nullable(),
});
export type PoolCell = z.infer<typeof PoolCell>;

/** The subnet that holds the pool, address by address for v4 up to /22; else only what is not free. */
export const PoolCells = z.object({
  subnet: z.string(),
  gateway: z.string().nullable(),
  complete: z.boolean(),
  cells: z.array(PoolCell),
  counts: PoolCounts,
});
export type PoolCells = z.infer<typeof PoolCells>;

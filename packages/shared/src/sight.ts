import * as z from 'zod';

/** A permission by name: the viewer jail is shown the processes of the target jail until it ends (requirement H8). */
export const Sight = z.object({
  /** the grant's id at the dashboard */
  id: z.uuid(),
  /** ids of jails, both on one host */
  viewer: z.uuid(),
  target: z.uuid(),
  until: z.iso.datetime(),
});
export type Sight = z.infer<typeof Sight>;

/** One process as another jail may see it: no argument that was given to it, which may be a secret. */
export const SeenProcess = z.object({
  /** as its own jail numbers it */
  pid: z.int(),
  parent: z.int(),
  uid: z.int(),
  state: z.string(),
  name: z.string(),
});
export type SeenProcess = z.infer<typeof SeenProcess>;

/** The file that a viewer reads: /run/cellblock/see/TARGET */
export const SightFile = z.object({
  jail: z.string(),
  at: z.iso.datetime(),
  until: z.iso.datetime(),
  /** more than this list holds */
  more: z.int(),
  processes: z.array(SeenProcess),
});
export type SightFile = z.infer<typeof SightFile>;

/** How long a grant may last. */
export const LONGEST_SIGHT_MS = 30 * 86_400_000;

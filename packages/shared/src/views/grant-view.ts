import * as z from 'zod';

/** A permission from one jail to see the processes of another. */
export const GrantView = z.object({
  id: z.uuid(),
  viewer: z.string(),
  target: z.string(),
  host: z.string(),
  by: z.string(),
  grantedAt: z.iso.datetime(),
  until: z.iso.datetime(),
  /** revoked, and the host has not said yet that it has ended it: until then it may hold */
  revoking: z.object({ by: z.string(), at: z.iso.datetime() }).nullable(),
  /** null: it holds */
  ended: z.enum(['revoked', 'expired', 'failed']).nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type GrantView = z.infer<typeof GrantView>;

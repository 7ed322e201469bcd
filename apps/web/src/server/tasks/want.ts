import * as z from 'zod';

/** What a host must report before a task counts as applied. */
export const Want = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('jail'),
    id: z.uuid(),
    want: z.enum(['running', 'stopped', 'destroyed', 'configured']),
    startNumber: z.int(),
    host: z.uuid(),
    generation: z.int(),
  }),
  /** `id` is the assignment's: its row says what the host confirmed */
  z.object({ type: z.literal('address'), id: z.uuid(), want: z.enum(['present', 'absent']) }),
  z.object({
    type: z.literal('network'),
    id: z.uuid(),
    want: z.enum(['present', 'absent']),
    host: z.uuid(),
    generation: z.int(),
  }),
]);
export type Want = z.infer<typeof Want>;

export function wantKey(want: Want): string {
  return `${want.type}/${want.id}`;
}

import { SomeJailSettings } from '@cellblock/shared/jail-input';
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
    /** what was wanted of it before */
    was: z.object({ state: z.enum(['running', 'stopped', 'destroyed']), startNumber: z.int() }).optional(),
    /** settings that were named, before and after; only until the task has ended */
    change: z.object({ before: SomeJailSettings, after: SomeJailSettings }).optional(),
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

/** What an ended task wanted: settings hold environments, and nobody brings them back any more. */
export function withoutSettings(wants: unknown): Want[] {
  return Want.array()
    .parse(wants)
    .map((want) => (want.type === 'jail' ? { ...want, change: undefined } : want));
}

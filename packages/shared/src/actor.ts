import * as z from 'zod';

/** Who acts. `root`: root on the dashboard's machine, with the person behind it where the system knows one. */
export const Actor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), id: z.string(), name: z.string() }),
  z.object({ type: z.literal('token'), id: z.string(), name: z.string(), owner: z.string() }),
  z.object({
    type: z.literal('root'),
    /** login or sudo user; null: unattributed */
    person: z.string().nullable(),
    loginUid: z.int().nullable(),
    sudoUser: z.string().nullable(),
    tty: z.string().nullable(),
  }),
  z.object({ type: z.literal('host'), id: z.uuid(), name: z.string() }),
  z.object({ type: z.literal('system'), name: z.string() }),
]);
export type Actor = z.infer<typeof Actor>;

export { actorName } from './actor-name.ts';

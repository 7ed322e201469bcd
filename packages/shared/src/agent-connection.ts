import * as z from 'zod';

/** How a host's agent stands with its dashboard, as the host itself sees it. */
export const AgentConnection = z.discriminatedUnion('state', [
  /** not connected: dialling, or told of no dashboard */
  z.object({ state: z.literal('away'), since: z.iso.datetime() }),
  z.object({
    state: z.literal('waiting'),
    since: z.iso.datetime(),
    fingerprint: z.string(),
    message: z.string(),
  }),
  z.object({ state: z.literal('ready'), since: z.iso.datetime(), host: z.string() }),
  z.object({
    state: z.literal('refused'),
    since: z.iso.datetime(),
    reason: z.string(),
    message: z.string(),
    cause: z.string().optional(),
    fix: z.string().optional(),
  }),
]);
export type AgentConnection = z.infer<typeof AgentConnection>;

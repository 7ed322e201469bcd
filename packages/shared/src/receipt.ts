import * as z from 'zod';

/**
 * The host's account of one step: canonical JSON (RFC 8785) of `body`, signed with the host's Ed25519 key,
 * chained by the hash of the one before. It says what the host reports, not that the host told the truth.
 */
export const ReceiptBody = z.object({
  v: z.literal(1),
  host: z.uuid(),
  /** dense from 1 */
  seq: z.int().min(1),
  /** SHA-256, hex, of the canonical body before; 64 zeros for the first */
  prev: z.string(),
  generation: z.int(),
  /** audit event that wanted it; null for what the host did by itself (restart policy, boot, repair) */
  cause: z.uuid().nullable(),
  /** spec key of the object it is about: jail/…, address/…, network/… */
  object: z.string(),
  step: z.record(z.string(), z.unknown()),
  /** one human line for the step */
  text: z.string(),
  result: z.enum(['done', 'failed', 'refused']),
  /** KernelError's code */
  errno: z.string().nullable(),
  message: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  /** the host's clock, start and end */
  at: z.iso.datetime(),
  durationMs: z.number(),
  /** SHA-256, hex, of the bounds in force */
  bounds: z.string(),
});
export type ReceiptBody = z.infer<typeof ReceiptBody>;

export const Receipt = z.object({
  body: ReceiptBody,
  /** base64 */
  signature: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;

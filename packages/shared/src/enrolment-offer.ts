import * as z from 'zod';
import { Refusal } from './app-error.ts';

/**
 * What a host asks a dashboard before it installs anything, over plain requests: which authority signs the
 * dashboard's certificate, and whether the token in its line would be taken. The agent's socket repeats the
 * second with proof (agent-handshake.ts); here it is asked so that a refused line leaves nothing on the host.
 */
export const AUTHORITY_PATH = '/install/authority';
export const OFFER_PATH = '/install/offer';

export const AuthorityAnswer = z.object({
  /** PEM of the dashboard's own authority; null: its certificate is signed by one that everybody knows */
  ca: z.string().nullable(),
  /** the dashboard's raw Ed25519 public key, base64: a token ends in its hash */
  publicKey: z.string(),
  /** over signedAuthority(ca), base64 */
  signature: z.string(),
});
export type AuthorityAnswer = z.infer<typeof AuthorityAnswer>;

export function signedAuthority(ca: string | null): Buffer {
  return Buffer.from(`cellblock/v1 authority\n${ca ?? ''}\n`);
}

export const EnrolmentOffer = z.object({
  token: z.string().max(500),
  hostname: z.string().max(253),
  /** raw Ed25519 public key of the host's agent, base64, once it has one */
  publicKey: z.string().max(100).nullable(),
  /** what time the host has it */
  clock: z.iso.datetime(),
});
export type EnrolmentOffer = z.infer<typeof EnrolmentOffer>;

export const EnrolmentAnswer = z.discriminatedUnion('type', [
  /** `host`: as whom the dashboard knows this key already */
  z.object({
    type: z.literal('welcome'),
    host: z.object({ name: z.string(), state: z.string() }).nullable(),
  }),
  z.object({ type: z.literal('refused'), reason: z.string(), refusal: Refusal }),
]);
export type EnrolmentAnswer = z.infer<typeof EnrolmentAnswer>;

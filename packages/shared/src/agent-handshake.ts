import * as z from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { HostCheck } from './host-status.ts';

const RawKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'is no key of 32 bytes');

/**
 * The first frames on the agent's socket, JSON text, before tRPC begins. Each side signs with its Ed25519 key
 * all that both have said until then, the other's nonce in it: TLS may end at a proxy, who is at each end is
 * proved here. Their X25519 keys, signed along, make the keys of every frame that follows (frame-seal.ts).
 *
 * agent → hello · dashboard → welcome · agent → proof · from here on sealed: dashboard → waiting* → ready | refused
 */
export const AgentHello = z.object({
  type: z.literal('hello'),
  v: z.literal(2),
  /** raw Ed25519 public key, base64 */
  publicKey: z.string(),
  /** grows by one with every connection; a second user of the key is noticed by it */
  counter: z.int().min(1),
  /** 32 random bytes, base64 */
  nonce: z.string(),
  /** raw X25519 public key of this connection, base64 */
  exchange: RawKey,
  agentVersion: z.string(),
  hostname: z.string(),
  machineId: z.string(),
  /** what time the host has it, to show beside the dashboard's when a token came late */
  clock: z.iso.datetime().optional(),
  /** what the host can do, until somebody has approved it: for whoever decides that */
  checks: z.array(HostCheck).max(100).optional(),
  /** one-time enrolment secret; only until the host is enrolled */
  token: z.string().optional(),
});
export type AgentHello = z.infer<typeof AgentHello>;

export const DashboardWelcome = z.object({
  type: z.literal('welcome'),
  /** the dashboard's raw Ed25519 public key, base64: pinned by the agent at enrolment */
  publicKey: z.string(),
  nonce: z.string(),
  exchange: RawKey,
  /** over signedTranscript('dashboard', …), base64 */
  signature: z.string(),
});
export type DashboardWelcome = z.infer<typeof DashboardWelcome>;

export const AgentProof = z.object({ type: z.literal('proof'), signature: z.string() });

export const DashboardVerdict = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), fingerprint: z.string(), message: z.string() }),
  z.object({ type: z.literal('ready'), host: z.uuid(), name: z.string(), dashboard: z.uuid() }),
  z.object({
    type: z.literal('refused'),
    reason: z.string(),
    message: z.string(),
    cause: z.string().optional(),
    fix: z.string().optional(),
  }),
]);
export type DashboardVerdict = z.infer<typeof DashboardVerdict>;

/** All that both sides have said: the hello as it was, and the welcome, which is given without its signature. */
export function handshakeTranscript(hello: unknown, welcome: unknown): Buffer {
  const { signature: _, ...said } = welcome as Record<string, unknown>;
  return Buffer.from(canonicalJson({ hello, welcome: said }));
}

/** What is signed: nonces and keys of both are in the transcript, so that no signature serves elsewhere. */
export function signedTranscript(by: 'agent' | 'dashboard', transcript: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`cellblock/v2 ${by}\n`), transcript]);
}

/** `SHA256:` and the hash of the raw key, hex in groups of four: what a person compares. */
export function fingerprintText(sha256Hex: string): string {
  return `SHA256:${(sha256Hex.slice(0, 40).match(/.{4}/g) ?? []).join('-')}`;
}

/** Instance id of an agent: marks every kernel object that it makes. */
export function instanceOf(sha256HexOfKey: string): string {
  return sha256HexOfKey.slice(0, 8);
}

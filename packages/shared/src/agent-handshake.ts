import * as z from 'zod';
import { HostCheck } from './host-status.ts';

/**
 * The first frames on the agent's socket, JSON text, before tRPC begins. Each side signs the other's nonce
 * with its Ed25519 key: TLS may end at a proxy, who is at each end is proved here.
 *
 * agent → hello · dashboard → welcome · agent → proof · dashboard → waiting* → ready | refused
 */
export const AgentHello = z.object({
  type: z.literal('hello'),
  v: z.literal(1),
  /** raw Ed25519 public key, base64 */
  publicKey: z.string(),
  /** grows by one with every connection; a second user of the key is noticed by it */
  counter: z.int().min(1),
  /** 32 random bytes, base64 */
  nonce: z.string(),
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
  /** signature over signedNonce('dashboard', agent's nonce, dashboard key, agent key), base64 */
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
    fix: z.string().optional(),
  }),
]);
export type DashboardVerdict = z.infer<typeof DashboardVerdict>;

/** What is signed: domain, the nonce to answer, and both keys, so that no signature serves elsewhere. */
export function signedNonce(
  by: 'agent' | 'dashboard',
  nonce: string,
  dashboardKey: string,
  agentKey: string,
): Buffer {
  return Buffer.from(`cellblock/v1 ${by}\n${nonce}\n${dashboardKey}\n${agentKey}\n`);
}

/** `SHA256:` and the hash of the raw key, hex in groups of four: what a person compares. */
export function fingerprintText(sha256Hex: string): string {
  return `SHA256:${(sha256Hex.slice(0, 40).match(/.{4}/g) ?? []).join('-')}`;
}

/** Instance id of an agent: marks every kernel object that it makes. */
export function instanceOf(sha256HexOfKey: string): string {
  return sha256HexOfKey.slice(0, 8);
}

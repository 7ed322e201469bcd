import { spawn } from 'node:child_process';
import path from 'node:path';
import { inNetns } from './run-program.ts';
import type { Segment } from './segment.ts';

/** A frame whose sender says that an address is its own. */
export interface Claim {
  /** nanoseconds of the wall clock, as the kernel took it in */
  at: bigint;
  mac: string;
  /** ip, ip6, arp-request, arp-reply, neighbour-advertisement */
  what: string;
  address: string;
}

export interface Capture {
  /** ends it; throws when the kernel lost a frame */
  stop(): Promise<Claim[]>;
}

/**
 * Hears everything on the segment: all that one host says to another, or to the outside, passes site's bridge.
 * Without addresses it hears every claim; with another link of site, what comes in there.
 */
export async function captureClaims(
  segment: Segment,
  addresses: readonly string[],
  link = segment.bridge,
): Promise<Capture> {
  const script = path.join(import.meta.dirname, 'capture.py');
  const argv = ['python3', script, link, ...addresses];
  const [program = '', ...args] = inNetns(argv, segment.site);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      said += piece;
      if (said.startsWith('listening\n')) resolve();
    });
    child.on('error', reject);
    void ended.then(() => reject(new Error('the capture ended before it began')));
  });
  return {
    stop: async () => {
      child.stdin.end();
      await ended;
      const lines = said.trim().split('\n').slice(1);
      if (lines.pop() !== 'dropped 0') throw new Error('the capture lost frames: it proves nothing');
      return lines.map((line) => {
        const [at = '0', mac = '', what = '', address = ''] = line.split(' ');
        return { at: BigInt(at), mac, what, address };
      });
    },
  };
}

/**
 * When one holder gave way to the next, in milliseconds of the wall clock; throws when anybody else, or the
 * old one after the new one, spoke for the address: that would be two holders.
 */
export function handover(
  claims: readonly Claim[],
  address: string,
  before: string,
  after: string,
): { lastOfOld: number; firstOfNew: number } {
  const of = claims.filter((claim) => claim.address === address);
  const strangers = of.filter(({ mac }) => mac !== before && mac !== after);
  if (strangers.length > 0) throw new Error(`${address}: somebody else spoke for it: ${text(strangers)}`);
  const first = of.findIndex(({ mac }) => mac === after);
  const last = of.findLastIndex(({ mac }) => mac === before);
  const [old, young] = [of[last], of[first]];
  if (!old || !young)
    throw new Error(`${address}: the move was not heard (${of.length} frames: ${text(of.slice(-5))})`);
  if (last > first)
    throw new Error(`${address}: two holders on the wire: ${text(of.slice(first, last + 1).slice(0, 10))}`);
  return { lastOfOld: Number(old.at / 1000n) / 1000, firstOfNew: Number(young.at / 1000n) / 1000 };
}

const text = (claims: readonly Claim[]) =>
  claims.map(({ mac, what, at }) => `${at} ${mac} ${what}`).join(', ');

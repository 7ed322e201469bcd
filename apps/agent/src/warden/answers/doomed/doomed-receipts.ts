import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { Receipt, ReceiptBody } from '@cellblock/shared/receipt';
import { wardenPaths } from '../../paths.ts';

/** The account of the agent which is killed, as it lies on the disk. A line that a crash cut off is none. */
export function doomedReceipts(directory: string): ReceiptBody[] {
  const { receipts } = wardenPaths(directory);
  return readdirSync(receipts)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(receipts, name), 'utf8').split('\n'))
    .flatMap((line) => {
      try {
        return [(JSON.parse(line) as Receipt).body];
      } catch {
        return [];
      }
    });
}

/** How many do not follow the one before: by number, and by its hash. */
export function gapsIn(bodies: readonly ReceiptBody[]): number {
  let [seq, hash, gaps] = [0, '0'.repeat(64), 0];
  for (const body of bodies) {
    if (body.seq !== seq + 1 || body.prev !== hash) gaps += 1;
    seq = body.seq;
    hash = createHash('sha256').update(canonicalJson(body)).digest('hex');
  }
  return gaps;
}

/** What the history says of an act: `unknown` where the agent was killed after a step and before its receipt. */
export function outcomeOf(cause: string, bodies: readonly ReceiptBody[]): 'ok' | 'failed' | 'unknown' {
  const results = bodies.filter((body) => body.cause === cause).map(({ result }) => result);
  if (results.includes('failed') || results.includes('refused')) return 'failed';
  return results.includes('done') ? 'ok' : 'unknown';
}

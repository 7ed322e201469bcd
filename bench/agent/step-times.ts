import type { Receipt } from '@cellblock/shared/receipt';
import { short } from '../statistics.ts';
import type { AgentHost } from './agent-host.ts';

/** Receipts that the host has made since `seq`. */
export async function receiptsSince(host: AgentHost, seq: number): Promise<Receipt[]> {
  const agent = await host.stand.dashboard();
  const all: Receipt[] = [];
  for (;;) {
    const some = await agent.receipts.after.query({ seq: all.at(-1)?.body.seq ?? seq, limit: 500 });
    all.push(...some);
    if (some.length < 500) return all;
  }
}

export async function newestReceipt(host: AgentHost): Promise<number> {
  return (await host.stand.status()).receipts;
}

/** Milliseconds since 1970 when the step was done. */
export const doneAt = ({ body }: Receipt): number => Date.parse(body.at) + body.durationMs;

/** Where the time of steps went, the dearest kinds first: what the host's own receipts say. */
export function stepTimes(receipts: readonly Receipt[], per: number): string {
  const kinds = Map.groupBy(receipts, ({ body }) => body.step.kind);
  const sums = [...kinds]
    .map(([kind, of]) => ({
      kind,
      count: of.length,
      ms: of.reduce((sum, { body }) => sum + body.durationMs, 0),
    }))
    .sort((a, b) => b.ms - a.ms);
  const total = sums.reduce((sum, { ms }) => sum + ms, 0);
  const dearest = sums
    .slice(0, 8)
    .map(({ kind, count, ms }) => `${kind} ${short(ms / per)} (${short(count / per)} ×)`);
  return `steps of one, by the host's receipts, waiting for a processor included: ${short(total / per)} ms; ${dearest.join(', ')}`;
}

import { pause } from './pause.ts';
import type { WardenHost } from './warden-host.ts';

const BURST_MS = 50;
const AGAIN_MS = 1_000;

/** Calls `lost` soon after a link, address, route or neighbour of ours has gone, until the signal aborts.
 *  `deaf`: what goes now is our own doing. */
export async function watchKernel(
  host: WardenHost,
  o: { signal: AbortSignal; deaf: () => boolean; lost: () => void },
): Promise<void> {
  const { signal } = o;
  while (!signal.aborted) {
    try {
      for await (const event of host.kernel.watch({ signal })) {
        const ours = event.link === null || event.link.slice(1).startsWith(host.instance);
        if (!ours || event.change !== 'gone' || o.deaf()) continue;
        await pause(BURST_MS);
        o.lost();
      }
    } catch (error) {
      if (signal.aborted) return;
      console.error('kernel events are not heard, the host is looked at every 30 s:', error);
    }
    await pause(AGAIN_MS);
  }
}

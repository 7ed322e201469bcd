import { callAddon } from './addon.ts';
import { EventQueue } from './event-queue.ts';
import type { Kernel, KernelEvent } from './kernel.ts';

const LIMIT = 10_000;
const OVERRUN: KernelEvent = { kind: 'overrun', change: 'new', link: null };

/** Subscribes at once, whether or not anybody takes the events yet. */
export const linuxWatch: Pick<Kernel, 'watch'> = {
  watch({ netns, signal }) {
    const queue = new EventQueue<KernelEvent>(LIMIT, OVERRUN);
    const listener = (events: KernelEvent[], failure?: unknown) => {
      queue.push(events);
      if (failure !== undefined) queue.end(failure);
    };
    const subscribe = async () => {
      const stop = await callAddon<() => void>('watch', { netns, listener });
      queue.push([OVERRUN]);
      const end = () => {
        stop();
        queue.end();
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    };
    subscribe().catch((error: unknown) => queue.end(error));
    return queue;
  },
};

import { EventQueue } from '../event-queue.ts';
import type { Kernel, KernelEvent } from '../kernel.ts';
import type { World } from './world.ts';

const OVERRUN: KernelEvent = { kind: 'overrun', change: 'new', link: null };

export function watch(
  world: World,
  { netns, signal }: Parameters<Kernel['watch']>[0],
): EventQueue<KernelEvent> {
  const queue = new EventQueue<KernelEvent>(10_000, OVERRUN);
  try {
    const namespace = world.enter(netns, 'subscribe to netlink events');
    const watcher = (event: KernelEvent) => queue.push([event]);
    const end = () => {
      namespace.watchers.delete(watcher);
      queue.end();
    };
    queue.push([OVERRUN]);
    namespace.watchers.add(watcher);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  } catch (error) {
    queue.end(error);
  }
  return queue;
}

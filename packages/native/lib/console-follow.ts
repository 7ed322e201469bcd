import type { ConsoleRingReader } from './console-ring.ts';
import type { ConsoleChunk } from './process-tree.ts';

/**
 * What is in the ring from an offset on and, with news, what comes until the keeper's last one. It ends when the
 * signal says so, however much there is.
 */
export async function* followConsole(
  ring: ConsoleRingReader,
  o: { from: number; news: AsyncIterator<'console' | 'over', void> | null; signal?: AbortSignal },
): AsyncGenerator<ConsoleChunk> {
  let from = o.from;
  try {
    for (let over = false; ; ) {
      for (let chunk = await ring.read(from); chunk; chunk = await ring.read(from)) {
        yield chunk;
        // Who writes without end is always ahead.
        if (o.signal?.aborted) return;
        from = chunk.offset + chunk.data.length;
      }
      if (over || !o.news) return;
      over = (await o.news.next()).value !== 'console';
    }
  } catch (error) {
    if (!o.signal?.aborted) throw error;
  } finally {
    await o.news?.return?.();
  }
}

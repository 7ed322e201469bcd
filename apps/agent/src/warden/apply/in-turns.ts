/**
 * Lets so many acts be under way at once and the others wait in order: a thousand starts that begin together
 * end later than the same starts a few at a time, and hold the memory of all of them meanwhile. A signal that
 * aborts takes an act that waits out of the line, and rejects with its reason; one that began goes on. Where others
 * decide how many come, `line` bounds how many wait: whoever finds it full is refused with what `full` answers.
 */
export function inTurns(
  most: number,
  line: { most: number; full: () => Error } | null = null,
): <T>(act: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  let underWay = 0;
  const waiting = new Set<() => void>();
  return async (act, signal) => {
    signal?.throwIfAborted();
    if (underWay < most) underWay += 1;
    else if (line !== null && waiting.size >= line.most) throw line.full();
    else
      await new Promise<void>((resolve, reject) => {
        waiting.add(resolve);
        const leave = () => waiting.delete(resolve) && reject(signal?.reason);
        signal?.addEventListener('abort', leave, { once: true });
      });
    try {
      return await act();
    } finally {
      // Whoever waits takes this place over.
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else underWay -= 1;
    }
  };
}

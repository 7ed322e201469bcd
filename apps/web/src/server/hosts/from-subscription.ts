import { AppError } from '@cellblock/shared/app-error';
import type { Unsubscribable } from '@trpc/server/observable';

interface Observer<T> {
  onData: (value: T) => void;
  onError: (error: unknown) => void;
  onComplete: () => void;
}

/** Values that a reader may be behind; then it is cut off, so that a stalled browser costs no memory. */
const MOST_WAITING = 4_000;

/** A subscription of tRPC's client as an async iterator; ends with it, and ends it. */
export async function* fromSubscription<T>(
  subscribe: (observer: Observer<T>) => Unsubscribable,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  const waiting: T[] = [];
  let over = false;
  let failure: unknown = null;
  let wake: () => void = () => undefined;
  const end = (error: unknown = null) => {
    over = true;
    failure ??= error;
    wake();
  };
  const subscription = subscribe({
    onData: (value) => {
      waiting.push(value);
      if (waiting.length > MOST_WAITING) end(tooSlow());
      wake();
    },
    onError: (error) => end(error),
    onComplete: () => end(),
  });
  const abort = () => end();
  signal?.addEventListener('abort', abort);
  try {
    while (!signal?.aborted) {
      const value = waiting.shift();
      if (value !== undefined) yield value;
      else if (over) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    if (failure !== null && !signal?.aborted) throw failure;
  } finally {
    signal?.removeEventListener('abort', abort);
    subscription.unsubscribe();
  }
}

function tooSlow(): AppError {
  return new AppError('unreachable', 'The output came faster than it was read, and was cut off.', {
    fix: 'Ask again with fewer lines, or write the output to a file in the jail.',
  });
}

interface Observable<T> {
  subscribe(
    input: never,
    observer: { onData: (value: T) => void; onError: (error: unknown) => void; onComplete: () => void },
  ): { unsubscribe: () => void };
}

/** A subscription at an agent as a stream here; it ends there when it ends here. */
export async function* relaySubscription<T>(
  subscribe: (observer: Parameters<Observable<T>['subscribe']>[1]) => { unsubscribe: () => void },
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let ended = false;
  let failure: unknown = null;
  let wake = () => {};
  const over = () => {
    ended = true;
    wake();
  };
  const subscription = subscribe({
    onData: (value) => {
      queue.push(value);
      wake();
    },
    onError: (error) => {
      failure = error;
      over();
    },
    onComplete: over,
  });
  // A signal that was given before this tells nobody any more.
  if (signal?.aborted) over();
  else signal?.addEventListener('abort', over);
  try {
    for (;;) {
      while (queue.length > 0) yield queue.shift() as T;
      if (failure) throw failure;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
    signal?.removeEventListener('abort', over);
  }
}

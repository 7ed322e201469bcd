import { TRPCClientError } from '@trpc/client';

interface Observer<T> {
  onData(value: T): void;
  onError(error: unknown): void;
  onComplete(): void;
  onStarted?(): void;
  onConnectionStateChange?(state: { state: string; error: unknown }): void;
}
interface Stream<In, Out> {
  subscribe(input: In, observer: Observer<Out>): { unsubscribe(): void };
}

/**
 * Runs a subscription to its end. An error while connecting is an error here: the library would try for ever,
 * which is right for a browser tab and wrong for a command. `started`: the other side has taken it up.
 */
export function followed<In, Out>(
  stream: Stream<In, Out>,
  input: In,
  take: (value: Out) => void,
  started: () => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let subscription: { unsubscribe(): void } | undefined;
    let connected = false;
    const end = (settle: () => void) => {
      // The first answer may come before subscribe() has returned.
      setImmediate(() => subscription?.unsubscribe());
      settle();
    };
    subscription = stream.subscribe(input, {
      onData: (value) => {
        connected = true;
        take(value);
      },
      onError: (error) => end(() => reject(error)),
      onComplete: () => end(resolve),
      onStarted: started,
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') connected = true;
        if (state === 'connecting' && error && (!connected || wasRefused(error))) end(() => reject(error));
      },
    });
  });
}

/** The other side has said no: asking again would be told the same. */
function wasRefused(error: unknown): boolean {
  return (
    error instanceof TRPCClientError && (error.data as { refusal?: unknown } | null)?.refusal !== undefined
  );
}

import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { READER_WINDOW, weightOf } from '@cellblock/shared/stream-reader';
import type { AgentClient } from '../host-sync/agent-connections.ts';

/** In bytes; an agent that waits for its reader is far below. */
export const MOST_UNREAD = 8 * 1024 * 1024;
/** Said in time, so that a reader who reads on never waits for more. */
const TELL_AFTER = READER_WINDOW / 4;

interface Observer<T> {
  onData: (value: T) => void;
  onError: (error: unknown) => void;
  onComplete: () => void;
}

/**
 * A subscription at an agent as a stream here; it ends there when it ends here. `took` hears what was read, in
 * bytes, and may end the stream with a failure. One of which more than MOST_UNREAD waits to be read is refused.
 */
export async function* relaySubscription<T>(
  subscribe: (observer: Observer<T>) => { unsubscribe: () => void },
  signal: AbortSignal | undefined,
  took: (bytes: number, fail: (error: unknown) => void) => void = () => undefined,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let unread = 0;
  let ended = false;
  let failure: unknown = null;
  let wake = () => {};
  const over = () => {
    ended = true;
    wake();
  };
  const fail = (error: unknown) => {
    if (ended) return;
    failure ??= error;
    over();
  };
  let subscription: { unsubscribe: () => void } | undefined;
  subscription = subscribe({
    onData: (value) => {
      if (ended) return;
      unread += weightOf(value);
      queue.push(value);
      if (unread > MOST_UNREAD) {
        failure = tooSlow();
        subscription?.unsubscribe();
        ended = true;
      }
      wake();
    },
    onError: fail,
    onComplete: over,
  });
  // A signal that was given before this tells nobody any more.
  if (signal?.aborted) over();
  else signal?.addEventListener('abort', over);
  try {
    for (;;) {
      while (queue.length > 0) {
        const value = queue.shift() as T;
        yield value;
        const weight = weightOf(value);
        unread -= weight;
        took(weight, fail);
      }
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

/** What a jail writes, as a stream: the agent sends no more of it than is read here. */
export async function* relayOutput<T>(
  agent: AgentClient,
  subscribe: (reader: string, observer: never) => { unsubscribe: () => void },
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const reader = randomUUID();
  let untold = 0;
  yield* relaySubscription<T>(
    (observer) => subscribe(reader, observer as never),
    signal,
    (bytes, fail) => {
      untold += bytes;
      if (untold < TELL_AFTER) return;
      agent.jail.took.mutate({ reader, bytes: untold }).catch((error) => fail(untellable(error)));
      untold = 0;
    },
  );
}

/** The agent would wait for ever for a reader of whom it hears nothing. */
function untellable(error: unknown): AppError {
  return new AppError(
    'conflict',
    "The stream was ended: the host's agent does not hear what was read of it.",
    {
      cause: error instanceof Error ? error.message : String(error),
      fix: 'Ask again; where the agent is connected to another dashboard of this installation, bring that to the version of this one',
    },
  );
}

function tooSlow(): AppError {
  return new AppError('conflict', 'The stream was ended: its reader is slower than it comes.', {
    cause: `More than ${MOST_UNREAD / 1024 / 1024} MiB of it waited at the dashboard to be read; the host's agent does not wait, as agents of older versions do not.`,
    fix: 'Ask again and read it faster, as into a file: cellblock logs JAIL -f > FILE; and bring the agent to the version of the dashboard: cellblock host ls shows both',
  });
}

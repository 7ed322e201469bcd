import { READER_WINDOW, weightOf } from '@cellblock/shared/stream-reader';

/** What waits in our memory to be sent over one connection; above it streams wait, and answers do not. */
export const ENOUGH_TO_SEND = 1024 * 1024;
/** A socket does not tell that a part of what it holds has left. */
const LOOK_AGAIN_MS = 10;

interface Stream {
  /** sent, and not yet said to have been read */
  onTheWay: number;
  wake: () => void;
}

/**
 * One connection's way out. A jail writes as fast as it likes and is read as fast as whoever asked for it reads;
 * what is between stays with the jail: in its keeper's ring, or in the pipe that blocks its command.
 */
export class Outbox {
  readonly #socket: { readonly bufferedAmount: number };
  readonly #readers = new Map<string, Stream>();
  readonly #waiting = new Set<Stream>();
  #looks = false;

  constructor(socket: { readonly bufferedAmount: number }) {
    this.#socket = socket;
  }

  /** Passes `source` on, at most a piece ahead of what the connection, and `reader` if it has an id, has room for. */
  async *paced<T>(
    source: AsyncIterable<T>,
    reader: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T> {
    const stream: Stream = { onTheWay: 0, wake: () => undefined };
    const leave = () => stream.wake();
    signal?.addEventListener('abort', leave, { once: true });
    if (reader !== undefined) this.#readers.set(reader, stream);
    try {
      for await (const piece of source) {
        if (reader !== undefined) await until(stream, signal, () => stream.onTheWay < READER_WINDOW);
        await this.#room(stream, signal);
        if (signal?.aborted) return;
        stream.onTheWay += weightOf(piece);
        yield piece;
      }
    } finally {
      signal?.removeEventListener('abort', leave);
      if (reader !== undefined && this.#readers.get(reader) === stream) this.#readers.delete(reader);
    }
  }

  /** A reader says that it has read so much more. */
  took(reader: string, bytes: number): void {
    const stream = this.#readers.get(reader);
    if (!stream) return;
    stream.onTheWay = Math.max(0, stream.onTheWay - bytes);
    stream.wake();
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount >= ENOUGH_TO_SEND;
  }

  async #room(stream: Stream, signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size === 0 && !this.#isFull) return;
    this.#waiting.add(stream);
    if (!this.#looks) void this.#look();
    await until(stream, signal, () => !this.#waiting.has(stream));
    this.#waiting.delete(stream);
  }

  /** One after another: each sees what the one before has sent. */
  async #look(): Promise<void> {
    this.#looks = true;
    while (this.#waiting.size > 0) {
      const full = this.#isFull;
      await new Promise((resolve) => (full ? setTimeout(resolve, LOOK_AGAIN_MS) : setImmediate(resolve)));
      const [first] = this.#waiting;
      if (first === undefined || this.#isFull) continue;
      this.#waiting.delete(first);
      first.wake();
    }
    this.#looks = false;
  }
}

async function until(stream: Stream, signal: AbortSignal | undefined, come: () => boolean): Promise<void> {
  while (!signal?.aborted && !come()) {
    await new Promise<void>((resolve) => {
      stream.wake = resolve;
    });
  }
}

import type { RawData, WebSocket } from 'ws';

/** Reads the frames of a socket one by one, as JSON; used until tRPC takes the socket over. */
export class FrameReader {
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #waiting: (() => void) | null = null;
  #closed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', this.#take);
    socket.on('close', this.#end);
  }

  #take = (data: RawData): void => {
    this.#frames.push(data.toString());
    this.#waiting?.();
  };

  #end = (): void => {
    this.#closed = true;
    this.#waiting?.();
  };

  /** The next frame; throws when the socket closes, the time is over or the frame is no JSON. */
  async next(timeoutMs: number): Promise<unknown> {
    if (this.#frames.length === 0 && !this.#closed) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.#waiting = null;
    }
    const frame = this.#frames.shift();
    if (frame === undefined)
      throw new Error(this.#closed ? 'the agent hung up' : 'the agent said nothing in time');
    return JSON.parse(frame);
  }

  /** From here on frames belong to somebody else. */
  release(): void {
    this.#socket.off('message', this.#take);
    this.#socket.off('close', this.#end);
  }
}

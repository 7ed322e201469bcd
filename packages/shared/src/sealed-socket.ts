import { EventEmitter } from 'node:events';
import { FrameSeal } from './frame-seal.ts';

/** The part of a WebSocket of `ws` that a sealed one rests on. */
export interface OpenSocket {
  readonly readyState: number;
  readonly OPEN: number;
  /** bytes that wait in our memory to be sent */
  readonly bufferedAmount: number;
  send(text: string, done?: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  ping(): void;
  // biome-ignore lint/suspicious/noExplicitAny: as emitters have it; what each event brings is below
  on(event: string, listener: (...given: any[]) => void): unknown;
}

interface Events {
  message: [data: Buffer, isBinary: boolean];
  close: unknown[];
  pong: unknown[];
  error: [Error];
}

/**
 * A WebSocket whose frames come from the other end of the handshake, whole and in order, or not at all: each
 * carries a MAC over its text and its number. The first frame that does not fit ends the connection; `why`
 * hears it. What stands between (a dialer, a proxy that ends TLS) can pass frames on or stop, no more.
 */
export class SealedSocket extends EventEmitter<Events> {
  readonly #socket: OpenSocket;
  readonly #out: FrameSeal;
  readonly #in: FrameSeal;
  #broken = false;

  constructor(socket: OpenSocket, keys: { sends: Buffer; receives: Buffer }, why: (reason: string) => void) {
    super();
    this.#socket = socket;
    this.#out = new FrameSeal(keys.sends);
    this.#in = new FrameSeal(keys.receives);
    socket.on('message', (data: Buffer) => {
      if (this.#broken) return;
      const { number } = this.#in;
      const body = this.#in.open(data);
      if (body !== null) return void this.emit('message', body, false);
      this.#broken = true;
      why(
        `frame ${number} is not the one that was sent: it was changed, repeated, left out or put in by something on the way`,
      );
      socket.terminate();
    });
    socket.on('close', (...given: unknown[]) => void this.emit('close', ...given));
    socket.on('pong', (...given: unknown[]) => void this.emit('pong', ...given));
    socket.on('error', (error: Error) => {
      if (this.listenerCount('error') > 0) this.emit('error', error);
    });
  }

  get readyState(): number {
    return this.#socket.readyState;
  }
  get OPEN(): number {
    return this.#socket.OPEN;
  }
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }
  send(text: string, done?: (error?: Error) => void): void {
    // Nothing is counted that is not sent.
    if (this.readyState === this.OPEN) this.#socket.send(this.#out.seal(text), done);
    else done?.(new Error('the connection is closed'));
  }
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }
  terminate(): void {
    this.#socket.terminate();
  }
  ping(): void {
    this.#socket.ping();
  }
}

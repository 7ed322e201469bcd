import type { Writable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** Where what comes is written to. */
export type Out = Pick<Writable, 'once' | 'off' | 'writableNeedDrain'>;

/** Calls `then` once `out` takes more again, or nothing ever; false: it takes more now, and nobody is called. */
export function fullUntil(outs: readonly Out[], then: () => void): boolean {
  const out = outs.find(({ writableNeedDrain }) => writableNeedDrain);
  if (!out) return false;
  const once = () => {
    out.off('drain', once);
    out.off('close', once);
    then();
  };
  out.once('drain', once);
  out.once('close', once);
  return true;
}

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** Leaves what comes at its sender while what came before is not written yet; `held` is told that it does. */
export function asRead(
  outs: readonly Out[],
  held: (isHeld: boolean) => void,
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new AsRead(outs, held, handler));
}

/** Two may want a response paused, whoever takes it apart and we: it goes on when neither does. */
class AsRead implements Handler {
  readonly #outs: readonly Out[];
  readonly #held: (isHeld: boolean) => void;
  readonly #handler: Handler;
  #isFull = false;
  #isPaused = false;

  constructor(outs: readonly Out[], held: (isHeld: boolean) => void, handler: Handler) {
    this.#outs = outs;
    this.#held = held;
    this.#handler = handler;
  }

  #shared(controller: Controller): Controller {
    return {
      get aborted() {
        return controller.aborted;
      },
      get paused() {
        return controller.paused;
      },
      get reason() {
        return controller.reason;
      },
      abort: (reason) => controller.abort(reason),
      pause: () => {
        this.#isPaused = true;
        controller.pause();
      },
      resume: () => {
        this.#isPaused = false;
        if (!this.#isFull) controller.resume();
      },
    };
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(this.#shared(controller), context);
  }
  onResponseStart(
    controller: Controller,
    ...head: [status: number, headers: Parameters<NonNullable<Handler['onResponseStart']>>[2], text?: string]
  ): void {
    this.#handler.onResponseStart?.(this.#shared(controller), ...head);
  }
  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(this.#shared(controller), chunk);
    if (this.#isFull) return;
    this.#isFull = fullUntil(this.#outs, () => {
      this.#isFull = false;
      this.#held(false);
      if (!this.#isPaused) controller.resume();
    });
    if (!this.#isFull) return;
    this.#held(true);
    controller.pause();
  }
  onResponseEnd(...given: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.#handler.onResponseEnd?.(...given);
  }
  onResponseError(...given: Parameters<NonNullable<Handler['onResponseError']>>): void {
    this.#handler.onResponseError?.(...given);
  }
}

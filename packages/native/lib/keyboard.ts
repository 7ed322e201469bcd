import { close, write } from 'node:fs';
import { promisify } from 'node:util';
import { callAddon } from './addon.ts';
import type { TreeProcess } from './process-tree.ts';

/** Where a keeper has the other end of its tree's /dev/console (cpp/spawn/keeper_descriptors.h). */
const CONSOLE_TERMINAL = 10;
/** How long to wait before a full terminal is tried again. */
const FULL_MS = 50;

const writeTo = promisify(write);
const closeOf = promisify(close);

interface Size {
  rows: number;
  columns: number;
}

/** The side of a terminal that is typed at. One call at a time: its number may be another's after the last. */
export class Keyboard {
  readonly #terminal: number;
  readonly #failed: () => void;
  #isLeft = false;
  #last: Promise<void> = Promise.resolve();
  /** not yet set; of many only the last counts */
  #size: Size | null = null;

  /** `terminal` is a descriptor that never waits, and goes with `leave`; `failed`: it takes nothing any more. */
  constructor(terminal: number, failed: () => void) {
    this.#terminal = terminal;
    this.#failed = failed;
  }

  static async take(keeper: TreeProcess, failed: () => void): Promise<Keyboard> {
    const options = { ...keeper, descriptor: CONSOLE_TERMINAL };
    return new Keyboard((await callAddon<{ terminal: number }>('takeTerminal', options)).terminal, failed);
  }

  /** Resolves once the terminal has taken all of it, or what it has room for when it is left. */
  type(data: Uint8Array): Promise<void> {
    return this.#next(async () => {
      for (let from = 0; from < data.length; ) {
        const taken = await this.#typeSome(data.subarray(from));
        if (taken === null) return this.#failed();
        from += taken;
        if (taken > 0) continue;
        if (this.#isLeft) return;
        await new Promise((resolve) => setTimeout(resolve, FULL_MS));
      }
    });
  }

  /** null: it takes nothing any more. */
  async #typeSome(data: Uint8Array): Promise<number | null> {
    try {
      return (await writeTo(this.#terminal, data)).bytesWritten;
    } catch (error) {
      // Nobody reads what was typed before.
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : null;
    }
  }

  resize(size: Size): void {
    const isAwaited = this.#size !== null;
    this.#size = size;
    if (isAwaited) return;
    void this.#next(async () => {
      const { rows, columns } = this.#size as Size;
      this.#size = null;
      // Of a window that nobody sees any more: whoever types there is told.
      await callAddon('sizeTerminal', { terminal: this.#terminal, rows, columns }).catch(() => {});
    });
  }

  /** What was typed before is typed first. */
  leave(): Promise<void> {
    if (!this.#isLeft) {
      this.#last = this.#last.then(() => closeOf(this.#terminal));
      this.#isLeft = true;
    }
    return this.#last;
  }

  #next(act: () => Promise<void>): Promise<void> {
    if (!this.#isLeft) this.#last = this.#last.then(act);
    return this.#last;
  }
}

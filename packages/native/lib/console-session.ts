import { close, write } from 'node:fs';
import { promisify } from 'node:util';
import { callAddon } from './addon.ts';
import type { ConsoleRequest, ExecSession, ProcessTrees, TreeProcess } from './process-tree.ts';

/** Where a keeper has the other end of its tree's /dev/console (cpp/spawn/keeper_descriptors.h). */
const CONSOLE_TERMINAL = 10;
/** How long to wait before a full terminal is tried again. */
const FULL_MS = 50;

const writeTo = promisify(write);
const closeOf = promisify(close);

/**
 * Typing goes into a duplicate of what the keeper holds, and what is shown comes from the ring that the keeper
 * writes: two readers of a terminal would each have half of it, and the keeper is not asked for anything
 * (docs/decisions/0005).
 */
export async function openConsoleSession(
  trees: Pick<ProcessTrees, 'console' | 'status'>,
  keeper: TreeProcess,
  { runDirectory, rows, columns }: ConsoleRequest,
): Promise<ExecSession> {
  const terminal = await Keyboard.take(keeper);
  const left = new AbortController();
  const ended = Promise.withResolvers<Awaited<ExecSession['exit']>>();
  const end = async () => {
    left.abort();
    await terminal.leave();
  };
  const leave = () => {
    ended.resolve({ code: 0, signal: null });
    void end();
  };
  terminal.resize({ rows, columns });
  return {
    write: (data) => terminal.type(data),
    // Nobody types any more; the terminal is still there for others.
    closeInput: () => {},
    resize: (size) => terminal.resize(size),
    kill: leave,
    output: (async function* () {
      try {
        // A screenful of what was said before: a login has asked for a name long ago.
        const shown = { runDirectory, tailLines: rows, follow: true, signal: left.signal };
        for await (const { data } of trees.console(shown)) yield { stream: 'stdout' as const, data };
      } finally {
        await end();
        const exit = (await trees.status({ runDirectory }))?.exit;
        // Without a last word its keeper was killed, and nobody can be at the console any more.
        ended.resolve(exit ? { code: exit.code, signal: exit.signal } : { code: null, signal: 9 });
      }
    })(),
    exit: ended.promise,
  };
}

/** The side of a terminal that is typed at. One call at a time: its number may be another's after the last. */
class Keyboard {
  readonly #terminal: number;
  #isLeft = false;
  #last: Promise<void> = Promise.resolve();

  private constructor(terminal: number) {
    this.#terminal = terminal;
  }

  static async take(keeper: TreeProcess): Promise<Keyboard> {
    const options = { ...keeper, descriptor: CONSOLE_TERMINAL };
    return new Keyboard((await callAddon<{ terminal: number }>('takeTerminal', options)).terminal);
  }

  /** Resolves once the terminal has taken all of it, or what it has room for when it is left. */
  type(data: Uint8Array): Promise<void> {
    return this.#next(async () => {
      for (let from = 0; from < data.length; ) {
        const taken = await this.#typeSome(data.subarray(from));
        from += taken;
        if (taken > 0) continue;
        if (this.#isLeft) return;
        await new Promise((resolve) => setTimeout(resolve, FULL_MS));
      }
    });
  }

  async #typeSome(data: Uint8Array): Promise<number> {
    try {
      return (await writeTo(this.#terminal, data)).bytesWritten;
    } catch (error) {
      // Nobody reads what was typed before.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }

  resize({ rows, columns }: { rows: number; columns: number }): void {
    void this.#next(() => callAddon('sizeTerminal', { terminal: this.#terminal, rows, columns }));
  }

  /** What was typed before is typed first. */
  leave(): Promise<void> {
    if (!this.#isLeft) {
      this.#last = this.#last.then(() => closeOf(this.#terminal));
      this.#isLeft = true;
    }
    return this.#last;
  }

  /** A terminal whose tree has gone takes nothing: the output says so. */
  #next(act: () => Promise<unknown>): Promise<void> {
    if (!this.#isLeft)
      this.#last = this.#last.then(act).then(
        () => undefined,
        () => undefined,
      );
    return this.#last;
  }
}

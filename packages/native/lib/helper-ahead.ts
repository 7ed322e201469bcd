import { type ExecHelper, startExecHelper, streamsOf } from './exec-helper.ts';

/** Who asks for a command often asks for the next within moments. */
const KEPT_MS = 30_000;

/**
 * A helper that is there before its command is asked for: to start one is a third of a command's way. There is one
 * at most, and none where nobody has asked for a while. It waits on the host, has entered no tree and knows of none;
 * it ends with us, or when it was not needed.
 */
export class HelperAhead {
  readonly #program: string;
  #waiting: ExecHelper | null = null;
  #starting: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(program: string) {
    this.#program = program;
  }

  /** of the process that waits */
  get pid(): number | null {
    return this.#waiting?.pid ?? null;
  }

  /** null: none waits, and whoever needs one starts it. */
  take(): ExecHelper | null {
    const helper = this.#waiting;
    this.#waiting = null;
    clearTimeout(this.#timer);
    if (helper) for (const stream of streamsOf(helper)) stream.ref();
    return helper;
  }

  /** Resolves when one is there for the next command, or cannot be. */
  async prepare(): Promise<void> {
    if (this.#waiting) return;
    this.#starting ??= this.#start();
    await this.#starting;
  }

  async #start(): Promise<void> {
    try {
      this.#keep(await startExecHelper(this.#program));
    } catch {
      // Whoever asks for the next command starts one, and is told why that cannot be.
    } finally {
      this.#starting = null;
    }
  }

  #keep(helper: ExecHelper): void {
    this.#waiting = helper;
    // It keeps nobody from ending.
    for (const stream of streamsOf(helper)) stream.unref();
    const dropThis = () => {
      if (this.#waiting === helper) this.drop();
    };
    // It writes nothing there: somebody killed it.
    helper.stdin.once('end', dropThis);
    this.#timer = setTimeout(dropThis, KEPT_MS).unref();
  }

  /** The one that waits leaves. */
  drop(): void {
    const helper = this.take();
    if (helper) for (const stream of streamsOf(helper)) stream.destroy();
  }
}

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
  readonly #keptMs: number;
  #waiting: ExecHelper | null = null;
  #isStarting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(program: string, keptMs = KEPT_MS) {
    this.#program = program;
    this.#keptMs = keptMs;
  }

  /** null: none waits, and whoever needs one starts it. */
  take(): ExecHelper | null {
    const helper = this.#waiting;
    this.#waiting = null;
    clearTimeout(this.#timer);
    if (helper) for (const stream of streamsOf(helper)) stream.ref();
    return helper;
  }

  /** One is there soon, for the next command. */
  async prepare(): Promise<void> {
    if (this.#waiting || this.#isStarting) return;
    this.#isStarting = true;
    try {
      this.#keep(await startExecHelper(this.#program));
    } catch {
      // Whoever asks for the next command starts one, and is told why that cannot be.
    } finally {
      this.#isStarting = false;
    }
  }

  #keep(helper: ExecHelper): void {
    this.#waiting = helper;
    // It keeps nobody from ending.
    for (const stream of streamsOf(helper)) stream.unref();
    const drop = () => {
      if (this.#waiting !== helper) return;
      this.take();
      for (const stream of streamsOf(helper)) stream.destroy();
    };
    // It writes nothing there: somebody killed it.
    helper.stdin.once('end', drop);
    this.#timer = setTimeout(drop, this.#keptMs).unref();
  }
}

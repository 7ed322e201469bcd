import { followConsole } from './console-follow.ts';
import { ConsoleRingReader } from './console-ring.ts';
import { listenToKeeper } from './keeper-client.ts';
import { KernelError } from './kernel-error.ts';
import { Keyboard } from './keyboard.ts';
import type { ConsoleRequest, ExecSession, SessionExit, TreeProcess } from './process-tree.ts';
import { readTreeFacts, readTreeStatus } from './run-directory.ts';
import { withoutQueries } from './without-queries.ts';

/** Of what was said before; lines without an end are no screenful. */
const SHOWN_BYTES = 64 * 1024;

/**
 * Typing goes into a duplicate of what the keeper holds, and what is shown comes from the ring that the keeper
 * writes: two readers of a terminal would each have half of it, and the keeper is not asked for anything
 * (docs/decisions/0005). All of it is of one start: the next has another keeper, and another keyboard.
 */
export async function openConsoleSession(
  keeper: TreeProcess,
  { runDirectory, rows, columns }: ConsoleRequest,
): Promise<ExecSession> {
  const left = new AbortController();
  const ended = Promise.withResolvers<SessionExit>();
  const keyboard = await Keyboard.take(keeper, () => endWith(howItEnded(keeper, runDirectory, 'terminal')));
  let ring: ConsoleRingReader | null = null;
  const end = async () => {
    left.abort();
    await Promise.all([keyboard.leave(), ring?.close()]);
  };
  const endWith = (exit: SessionExit) => {
    ended.resolve(exit);
    void end();
  };
  try {
    ring = await ConsoleRingReader.open(runDirectory);
    const news = new Listener(await listenToKeeper(runDirectory, left.signal));
    // They are found by their paths: of a start after this one, unless its keeper is there still.
    const status = readTreeStatus(runDirectory);
    if (!ring || !isSame(status?.keeper, keeper))
      throw new KernelError(`open the console in ${runDirectory}`, 'ESRCH', 3, 'it ends');
    keyboard.resize({ rows, columns });
    return {
      write: (data) => keyboard.type(data),
      // Nobody types any more; the terminal is still there for others.
      closeInput: () => {},
      resize: (size) => keyboard.resize(size),
      kill: () => endWith({ code: 0, signal: null }),
      output: shown(ring, await whatToShow(ring, rows), news, left.signal, {
        // The ring goes on from start to start.
        isOurs: () => isSame(readTreeFacts(runDirectory)?.keeper, keeper),
        over: () => endWith(howItEnded(keeper, runDirectory, news.hasHeard ? 'keeper' : 'listeners')),
      }),
      exit: ended.promise,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A screenful of what was said before: a login has asked for a name long ago. */
async function whatToShow(ring: ConsoleRingReader, rows: number) {
  const opened = await ring.offsetOfLastLines(0);
  return { opened, from: Math.max(await ring.offsetOfLastLines(rows), opened - SHOWN_BYTES) };
}

async function* shown(
  ring: ConsoleRingReader,
  { opened, from }: { opened: number; from: number },
  news: Listener,
  signal: AbortSignal,
  { isOurs, over }: { isOurs: () => boolean; over: () => void },
): ExecSession['output'] & AsyncGenerator {
  try {
    for await (const { offset, data } of followConsole(ring, { from, news, signal })) {
      if (!isOurs()) return;
      const old = Math.min(Math.max(opened - offset, 0), data.length);
      if (old > 0) yield { stream: 'stdout' as const, data: withoutQueries(data.subarray(0, old)) };
      if (old < data.length) yield { stream: 'stdout' as const, data: data.subarray(old) };
    }
  } finally {
    over();
  }
}

/** Whoever a keeper takes as a listener is told something at once. */
class Listener implements AsyncIterator<'console' | 'over', void> {
  hasHeard = false;
  readonly #news: AsyncGenerator<'console' | 'over', void>;

  constructor(news: AsyncGenerator<'console' | 'over', void>) {
    this.#news = news;
  }

  async next() {
    const result = await this.#news.next();
    if (!result.done) this.hasHeard = true;
    return result;
  }

  return() {
    return this.#news.return();
  }
}

/** `lost`: why a session is over whose tree runs on. */
function howItEnded(
  keeper: TreeProcess,
  runDirectory: string,
  lost: NonNullable<SessionExit['lost']>,
): SessionExit {
  const status = readTreeStatus(runDirectory);
  const unknown = { code: null, signal: null };
  // Started anew meanwhile: how it ended is written down no more.
  if (!status || !isSame(readTreeFacts(runDirectory)?.keeper, keeper)) return unknown;
  if (status.exit) return { code: status.exit.code, signal: status.exit.signal };
  if (status.state !== 'running') return unknown;
  return { ...unknown, lost: lost === 'listeners' && !status.keeper ? 'keeper' : lost };
}

const isSame = (one: TreeProcess | null | undefined, other: TreeProcess) =>
  one?.pid === other.pid && one.startTime === other.startTime;

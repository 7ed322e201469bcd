import { tracked } from '@trpc/server';
import type { Identity, RequestContext } from '../api/request-context.ts';
import type { ChangeListener } from './change-listener.ts';

/** Notices are gathered for this long, so that a burst of changes is one message. */
const GATHER_MS = 50;
/** Topics for sessions and syncs are between dashboards. */
const INTERNAL = /^(spec|session|hang-up|connected)\//;
/** Told when it cannot be said what was missed: everything may have changed. */
export const EVERYTHING = '*';

/**
 * What changes, as it changes. Ids count within this process; a client that comes back with one is told what
 * it missed, or `*` where that is not known any more. Ends when the session or token behind it ends.
 */
export async function* watchChanges(
  ctx: Pick<RequestContext, 'services'> & { identity: Identity },
  lastEventId: string | null,
  signal: AbortSignal | undefined,
) {
  const log = changeLog(ctx.services.changes);
  const session = `session/${ctx.identity.session.id}`;
  let ended = false;
  let wake: () => void = () => undefined;
  const onChange = ({ topics }: { topics: string[] }) => {
    if (topics.includes(session)) ended = true;
    wake();
  };
  const onAbort = () => wake();
  ctx.services.changes.on('changed', onChange);
  ctx.services.changes.on('lost', onAbort);
  signal?.addEventListener('abort', onAbort);
  try {
    let at = log.begin(lastEventId);
    if (at === null) {
      at = log.end();
      yield tracked(log.idOf(at), { id: log.idOf(at), topics: lastEventId === null ? [] : [EVERYTHING] });
    }
    while (!ended && !signal?.aborted) {
      if (log.end() === at) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        continue;
      }
      const topics = log.since(at);
      at = log.end();
      if (topics.length > 0) yield tracked(log.idOf(at), { id: log.idOf(at), topics });
    }
  } finally {
    ctx.services.changes.off('changed', onChange);
    ctx.services.changes.off('lost', onAbort);
    signal?.removeEventListener('abort', onAbort);
  }
}

const KEPT = 2_000;

/** The newest notices of this process, by number. `run` tells this process from one before. */
class ChangeLog {
  readonly #run = Math.random().toString(36).slice(2, 10);
  readonly #kept: string[][] = [];
  #last = 0;

  add(topics: string[]): void {
    this.#last += 1;
    this.#kept.push(topics);
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  end(): number {
    return this.#last;
  }

  idOf(number: number): string {
    return `${this.#run}-${number}`;
  }

  /** The number behind an id, while everything after it is kept. */
  begin(id: string | null): number | null {
    const [run, number] = id?.split('-') ?? [];
    if (run !== this.#run || number === undefined) return null;
    const at = Number(number);
    return Number.isInteger(at) && at >= this.#last - this.#kept.length && at <= this.#last ? at : null;
  }

  since(number: number): string[] {
    const missed = this.#last - number;
    if (missed > this.#kept.length) return [EVERYTHING];
    const topics = new Set(this.#kept.slice(this.#kept.length - missed).flat());
    return [...topics].filter((topic) => !INTERNAL.test(topic));
  }
}

const LOGS = new WeakMap<ChangeListener, ChangeLog>();

function changeLog(changes: ChangeListener): ChangeLog {
  const known = LOGS.get(changes);
  if (known !== undefined) return known;
  const log = new ChangeLog();
  // First in line: the log holds a notice before anybody is woken by it.
  changes.prependListener('changed', ({ topics }) => log.add(topics));
  changes.prependListener('lost', () => log.add([EVERYTHING]));
  LOGS.set(changes, log);
  return log;
}

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { release } from 'node:os';
import { join } from 'node:path';
import { ANSWER_ROWS, mailOf } from '@cellblock/shared/answers/all-rows';
import { type AnswersEvent, type AnswersInput, AnswersRun } from '@cellblock/shared/answers/answer';
import { AppError } from '@cellblock/shared/app-error';
import { readTextIfThere, writeDurably } from '../durable-file.ts';
import type { WardenHost } from '../warden-host.ts';
import type { Row } from './row.ts';
import { runRows } from './run-rows.ts';

/** Without `lab` a run ends within this, whatever its rows wait for; with it, bombs take their time. */
const LONGEST_MS = 120_000;
const LONGEST_LAB_MS = 600_000;

/** The runs of the answers on this host: one at a time, the newest kept. */
export class AnswerRuns {
  private readonly host: WardenHost;
  private readonly rows: () => readonly Row[];
  private readonly lab: () => boolean;
  private readonly file: string;
  private current: { run: AnswersRun; stop: AbortController; done: Promise<void> } | null = null;
  private readonly changed = new EventEmitter();

  constructor(parts: { host: WardenHost; rows: () => readonly Row[]; lab: () => boolean }) {
    this.host = parts.host;
    this.rows = parts.rows;
    this.lab = parts.lab;
    this.file = join(parts.host.paths.agent, 'answers.json');
    this.changed.setMaxListeners(0);
  }

  /** The newest run, also one that is under way; null: there never was one. */
  async newest(): Promise<AnswersRun | null> {
    if (this.current) return this.current.run;
    const text = await readTextIfThere(this.file);
    if (text === null) return null;
    const parsed = AnswersRun.safeParse(parsedJson(text));
    return parsed.success ? parsed.data : null;
  }

  /** Runs the rows and tells of each; whoever stops listening ends the run. Throws when one is under way. */
  async *run(input: AnswersInput, by: string, signal?: AbortSignal): AsyncGenerator<AnswersEvent> {
    const asked = askedRows(input);
    if (this.current) throw busy(this.current.run);
    const stop = new AbortController();
    const run: AnswersRun = {
      id: randomUUID(),
      startedAt: this.host.now().toISOString(),
      endedAt: null,
      by,
      kernel: release(),
      lab: this.lab(),
      asked,
      answers: [],
      cutShort: null,
    };
    const queue: AnswersEvent[] = [{ type: 'run', run: structuredClone(run) }];
    const tell = (event: AnswersEvent) => {
      queue.push(event);
      this.changed.emit('event');
    };
    const done = this.carryOut(run, stop.signal, tell);
    this.current = { run, stop, done };
    const cancel = () => stop.abort('whoever asked for it has stopped listening');
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      for (;;) {
        for (let next = queue.shift(); next; next = queue.shift()) {
          yield next;
          if (next.type === 'ended') return;
        }
        await once(this.changed, 'event');
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
      await done;
    }
  }

  /** Ends the run that is under way, if any, and takes all of it away. */
  async stop(reason: string): Promise<void> {
    const { current } = this;
    if (!current) return;
    current.stop.abort(reason);
    await current.done;
  }

  private async carryOut(
    run: AnswersRun,
    stopped: AbortSignal,
    tell: (event: AnswersEvent) => void,
  ): Promise<void> {
    const longest = run.lab ? LONGEST_LAB_MS : LONGEST_MS;
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(longest)]);
    try {
      await runRows({
        host: this.host,
        rows: this.rows().filter(({ id }) => run.asked.includes(id)),
        asked: run.asked,
        lab: run.lab,
        signal,
        begun: (row) => tell({ type: 'testing', row }),
        answered: (answer) => {
          run.answers.push(answer);
          tell({ type: 'answer', answer });
        },
      });
    } catch (error) {
      run.cutShort = stopped.aborted
        ? `It was canceled: ${messageOf(stopped.reason)}.`
        : signal.aborted
          ? `It took longer than ${longest / 1000} s.`
          : `It failed: ${messageOf(error)}`;
      if (!signal.aborted) console.error('the answers were cut short:', error);
    }
    run.endedAt = this.host.now().toISOString();
    this.current = null;
    await writeDurably(this.file, JSON.stringify(run)).catch((error) =>
      console.error('the answers were not kept:', error),
    );
    tell({ type: 'ended', run: structuredClone(run) });
  }
}

/** Ids in the order of the list. Throws `invalid` for a row that there is not. */
function askedRows(input: AnswersInput): string[] {
  const unknown = input.rows.find((id) => !ANSWER_ROWS.some((row) => row.id === id));
  if (unknown !== undefined)
    throw new AppError('invalid', `There is no row ${unknown}.`, {
      field: 'rows',
      cause: `The rows are ${ANSWER_ROWS.map(({ id }) => id).join(', ')}.`,
      fix: 'Name one of them: --row M6; or a mail: --mail M',
    });
  const all = input.rows.length === 0 && input.mails.length === 0;
  return ANSWER_ROWS.map(({ id }) => id).filter(
    (id) => all || input.rows.includes(id) || input.mails.includes(mailOf(id)),
  );
}

function busy(run: AnswersRun): AppError {
  return new AppError('conflict', 'The answers are being tested on this host already.', {
    field: 'host',
    cause: `${run.by} asked for them at ${run.startedAt}; ${run.answers.length} of ${run.asked.length} rows are answered.`,
    fix: 'Wait until that run has ended, or cancel it on the page Answers of the host.',
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import { type Answer, judge } from '@cellblock/shared/answers/answer';
import { ofStage, pictureChange, type StageMarks, takePicture } from '../stage/picture.ts';
import { Stage } from '../stage/stage.ts';
import type { WardenHost } from '../warden-host.ts';
import { type LookBackRow, type Row, type RowResult, Skipped, type StageRow } from './row.ts';

const LONGEST_ROW_MS = 30_000;
const LONGEST_LAB_ROW_MS = 120_000;
const LEAVES_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 100;

/**
 * Answers the rows one after another on a stage of their own, takes the stage away, and then answers those that
 * look back. Throws when the signal aborts it; the stage is gone then too.
 */
export async function runRows(o: {
  host: WardenHost;
  rows: readonly Row[];
  asked: readonly string[];
  lab: boolean;
  signal: AbortSignal;
  begun: (row: string) => void;
  answered: (answer: Answer) => void;
}): Promise<void> {
  const answers: Answer[] = [];
  const take = (answer: Answer) => {
    answers.push(answer);
    o.answered(answer);
  };
  const before = await takePicture(o.host);
  const stage = await Stage.open(o.host, o.signal, o.lab);
  let during: string[];
  try {
    for (const row of o.rows.filter((row): row is StageRow => 'answer' in row)) {
      o.signal.throwIfAborted();
      o.begun(row.id);
      take(await answerOf(row.id, { ...o, longestMs: row.longestMs }, () => row.answer(stage)));
      o.signal.throwIfAborted();
    }
    for (const row of o.rows)
      if ('furnish' in row)
        await row.furnish?.(stage).catch((error) => console.error(`row ${row.id} is not prepared:`, error));
    during = await takePicture(o.host);
  } finally {
    await stage.close();
  }
  const { directory, nonce } = stage;
  const marks = { instance: o.host.instance, directory, nonce };
  const after = await pictureAfterwards(o.host, before, marks);
  const run = { asked: o.asked, answers, before, during, after, stage: marks };
  for (const row of o.rows.filter((row): row is LookBackRow => 'lookBack' in row)) {
    o.begun(row.id);
    take(await answerOf(row.id, o, async () => row.lookBack(run)));
  }
}

/** Who was killed takes a moment to leave: what is of this stage is looked for again until it is gone, or stays. */
async function pictureAfterwards(
  host: WardenHost,
  before: readonly string[],
  stage: StageMarks,
): Promise<string[]> {
  const end = performance.now() + LEAVES_WITHIN_MS;
  for (;;) {
    const after = await takePicture(host);
    const left = pictureChange(before, after).some((line) => ofStage(line, stage));
    if (!left || performance.now() > end) return after;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function answerOf(
  id: string,
  o: { lab: boolean; signal: AbortSignal; longestMs?: StageRow['longestMs'] },
  ask: () => Promise<RowResult>,
): Promise<Answer> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  const needsLab = ANSWER_ROWS.find((row) => row.id === id)?.lab === true;
  if (needsLab && !o.lab) {
    const reason = 'It exhausts the machine on purpose: only where the bounds file says `lab: true`.';
    return { row: id, verdict: 'skip', reason, probe: null, control: null, tookMs: took() };
  }
  try {
    const usual = needsLab ? LONGEST_LAB_ROW_MS : LONGEST_ROW_MS;
    const result = await within(ask(), o.longestMs?.[o.lab ? 'lab' : 'plain'] ?? usual, o.signal);
    return { row: id, ...judge(result.probe, result.control), ...result, tookMs: took() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Skipped)
      return { row: id, verdict: 'skip', reason: message, probe: null, control: null, tookMs: took() };
    if (!o.signal.aborted) console.error(`row ${id} could not be tested:`, error);
    const reason = `It could not be tested: ${message}`;
    return { row: id, verdict: 'fail', reason, probe: null, control: null, tookMs: took() };
  }
}

class TookTooLong extends Error {}

async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  work.catch(() => undefined);
  return await new Promise<T>((resolve, reject) => {
    const give = () =>
      reject(signal.aborted ? signal.reason : new TookTooLong(`it took longer than ${ms / 1000} s`));
    over.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => over.removeEventListener('abort', give));
  });
}

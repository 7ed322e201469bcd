import { ANSWER_ROWS, mailOf } from '@cellblock/shared/answers/all-rows';
import type { Answer, AnswerVerdict } from '@cellblock/shared/answers/answer';
import type { AnswerRow } from '@cellblock/shared/answers/answer-row';
import type { MailLetter } from '@cellblock/shared/answers/founding-mail';
import type { AnswersView } from '@cellblock/shared/views/answers-view';

/** How one sentence stands: answered, being tested, waiting for its turn, or never asked on this host. */
export type RowState = AnswerVerdict | 'testing' | 'waiting' | 'not-asked';
export const SHOWN = ['all', 'fail', 'skip'] as const;
export type Shown = (typeof SHOWN)[number];

export interface ShownRow {
  row: AnswerRow;
  state: RowState;
  answer: Answer | null;
}

/** That nothing more is heard of a run is no change that the page would be told of: it asks while one is under way. */
export function asksAgainAfterMs(view: AnswersView | undefined): number | false {
  return view?.run?.endedAt === null && !view.lost ? 15_000 : false;
}

/** Every sentence of a mail with how it stands in the newest run. */
export function rowsOfMail(letter: MailLetter, view: AnswersView, shown: Shown): ShownRow[] {
  const { run } = view;
  const underWay = run !== null && run.endedAt === null && !view.lost;
  return ANSWER_ROWS.filter(({ id }) => mailOf(id) === letter)
    .map((row): ShownRow => {
      const answer = run?.answers.find((each) => each.row === row.id) ?? null;
      if (answer) return { row, answer, state: answer.verdict };
      if (view.testing === row.id) return { row, answer, state: 'testing' };
      return { row, answer, state: underWay && run.asked.includes(row.id) ? 'waiting' : 'not-asked' };
    })
    .filter(({ state }) => shown === 'all' || state === shown);
}

/** Whether a run has tested, tests or leaves out what exhausts the machine on purpose, and why. */
export function bombsIn(run: NonNullable<AnswersView['run']>): string {
  const ofLab = ANSWER_ROWS.filter(({ id, lab }) => lab === true && run.asked.includes(id)).map(
    ({ id }) => id,
  );
  if (ofLab.length === 0) return 'were not asked for';
  if (!run.lab) return 'are skipped: root at the host allows them by lab: true in its bounds file';
  const tested = run.answers.some(({ row, verdict }) => ofLab.includes(row) && verdict !== 'skip');
  const allowed = 'the bounds file of this host says lab: true';
  if (tested) return `were set off: ${allowed}`;
  return `${run.endedAt === null ? 'are set off in their turn' : 'were not reached'}: ${allowed}`;
}

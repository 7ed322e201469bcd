import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import type { Answer, AnswersRun } from '@cellblock/shared/answers/answer';
import { countVerdicts } from '@cellblock/shared/answers/answer';
import { printable, tabbedRows } from '../output/table.ts';

const TONES = { pass: 32, fail: 31, skip: 33 } as const;

/** One answer for a person: the verdict and what must hold, below it what probe and control found. */
export function answerLines(answer: Answer, colour: boolean): string {
  const row = ANSWER_ROWS.find(({ id }) => id === answer.row);
  const verdict = answer.verdict === 'skip' ? `skip (${answer.reason})` : answer.verdict;
  const painted = colour
    ? `\u001b[${TONES[answer.verdict]}m${printable(verdict)}\u001b[0m`
    : printable(verdict);
  const more = [
    ...(answer.verdict === 'fail' ? [`reason   ${answer.reason}`] : []),
    ...(answer.probe ? [`probe    ${answer.probe.evidence}`] : []),
    ...(answer.control ? [`control  ${answer.control.evidence}`] : []),
  ];
  return [
    `${answer.row.padEnd(4)} ${painted}  ${printable(row?.says ?? '')}`,
    ...more.map((line) => `       ${printable(line)}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same for a program: one line with tabs. */
export function answerRow(answer: Answer): string {
  const { row, verdict, reason, probe, control } = answer;
  return tabbedRows([[row, verdict, reason ?? '-', probe?.evidence ?? '-', control?.evidence ?? '-']]);
}

export function answersSummary(run: AnswersRun, where: string): string {
  const { pass, fail, skip } = countVerdicts(run.answers);
  const seconds = run.endedAt === null ? 0 : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const cut = run.cutShort === null ? '' : ` ${run.cutShort}`;
  return `${pass} pass, ${fail} fail, ${skip} skip on ${where}, kernel ${run.kernel}, in ${seconds.toFixed(1)} s.${cut}`;
}

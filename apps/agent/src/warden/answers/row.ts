import type { Answer, Finding } from '@cellblock/shared/answers/answer';
import type { StageMarks } from '../stage/picture.ts';
import type { Stage } from '../stage/stage.ts';

/** What a row found: the probe where the protection is, and the same probe where it is missing. */
export interface RowResult {
  probe: Finding;
  control: Finding;
}

/** A row that needs the stage; `id` as in the list of sentences. */
export interface StageRow {
  id: string;
  /** when it takes longer than most; without `lab`, and with it */
  longestMs?: { plain: number; lab: number };
  answer(stage: Stage): Promise<RowResult>;
}

/** What is known when everything has been taken away again. */
export interface Afterwards {
  asked: readonly string[];
  /** every row but those that look back */
  answers: readonly Answer[];
  /** what the kernel showed before the first row, after the last one, and after all was taken away */
  before: readonly string[];
  during: readonly string[];
  after: readonly string[];
  stage: StageMarks;
}

/** A row that looks back at the run. */
export interface LookBackRow {
  id: string;
  /** puts on the stage what must be seen while it is there */
  furnish?(stage: Stage): Promise<void>;
  lookBack(run: Afterwards): RowResult;
}

export type Row = StageRow | LookBackRow;

/** Thrown by a row that this kernel or this host cannot be asked: with the reason in the kernel's words. */
export class Skipped extends Error {}

/** Thrown when nothing was tried where the protection is: the row fails with it. */
export class NotTried extends Error {}

/** A finding in one line. */
export function found(asExpected: boolean, evidence: string): Finding {
  const line = evidence.replaceAll(/\s+/g, ' ').trim();
  return {
    asExpected,
    evidence: line.length > MOST_EVIDENCE ? `${line.slice(0, MOST_EVIDENCE)}…` : line,
  };
}

const MOST_EVIDENCE = 600;

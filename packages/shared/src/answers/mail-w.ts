import type { AnswerRow } from './answer-row.ts';

/** Chris Webb, 6 Jun 2013. */
export const MAIL_W: readonly AnswerRow[] = [];

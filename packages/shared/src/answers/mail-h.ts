import type { AnswerRow } from './answer-row.ts';

/** Serge Hallyn, 2005. */
export const MAIL_H: readonly AnswerRow[] = [];

import type { AnswerRow } from './answer-row.ts';
import { CROSS } from './cross.ts';
import type { MailLetter } from './founding-mail.ts';
import { MAIL_C } from './mail-c.ts';
import { MAIL_H } from './mail-h.ts';
import { MAIL_K } from './mail-k.ts';
import { MAIL_M } from './mail-m.ts';
import { MAIL_W } from './mail-w.ts';

/** Every sentence that is tested, mail by mail in the order of the mails. */
export const ANSWER_ROWS: readonly AnswerRow[] = [
  ...MAIL_K,
  ...MAIL_M,
  ...MAIL_H,
  ...MAIL_W,
  ...MAIL_C,
  ...CROSS,
];

export function mailOf(row: string): MailLetter {
  return row.slice(0, 1) as MailLetter;
}

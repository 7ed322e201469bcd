import { expect, test } from 'vitest';
import { ANSWER_ROWS, mailOf } from './all-rows.ts';
import { countVerdicts, type Finding, judge } from './answer.ts';
import { MAIL_LETTERS } from './founding-mail.ts';

const found = (asExpected: boolean): Finding => ({ asExpected, evidence: '' });

test('a row passes only when the protection held and the control showed the hole', () => {
  expect(judge(found(true), found(true))).toEqual({ verdict: 'pass', reason: null });
  expect(judge(found(false), found(true)).verdict).toBe('fail');
  expect(judge(found(true), found(false)).reason).toMatch(/proves nothing/);
  expect(judge(found(false), found(false)).reason).toMatch(/did not hold/);
});

test('verdicts are counted', () => {
  const answer = { row: 'M1', reason: null, probe: null, control: null, tookMs: 1 };
  expect(
    countVerdicts([
      { ...answer, verdict: 'pass' },
      { ...answer, verdict: 'skip' },
    ]),
  ).toEqual({ pass: 1, fail: 0, skip: 1 });
});

test('each row stands once, belongs to a mail and says something', () => {
  expect(new Set(ANSWER_ROWS.map(({ id }) => id)).size).toBe(ANSWER_ROWS.length);
  for (const row of ANSWER_ROWS) {
    expect(MAIL_LETTERS).toContain(mailOf(row.id));
    expect(row.sentence.length, row.id).toBeGreaterThan(3);
    expect(row.says, row.id).toMatch(/\.$/);
  }
});

import { expect, test } from 'vitest';
import { sum, summaryLine, tallyOf, tallyPlaywright, tallyVitest } from './test-results.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

test('the summary is one plain line', () => {
  const total = sum([
    { passed: 2, failed: 0, skipped: 1 },
    { passed: 3, failed: 1, skipped: 0 },
  ]);
  expect(summaryLine(total)).toBe('5 passed, 1 failed, 1 skipped');
  expect(tallyOf(`${summaryLine(total)}\n`)).toEqual(total);
  expect(tallyOf('1 of 5 passed')).toBeNull();
});

test('vitest: tests are counted by their status', () => {
  const report = {
    success: false,
    testResults: [file('passed', 'passed', 'pending', 'todo'), file('failed', 'passed', 'failed')],
  };
  expect(tallyVitest(report)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test('vitest: a file that cannot be loaded is a failure', () => {
  expect(tallyVitest({ success: false, testResults: [file('failed'), file('passed', 'passed')] })).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

test('a suite without tests fails, and so does one that skips all of them', () => {
  expect(tallyVitest({ success: true, testResults: [] }).failed).toBe(1);
  expect(tallyVitest({ success: true, testResults: [file('passed', 'skipped')] })).toEqual({
    passed: 0,
    failed: 1,
    skipped: 1,
  });
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  expect(tallyPlaywright({ stats, errors: [] }).failed).toBe(1);
});

test('playwright: flaky counts as failed, an error outside of tests too', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(tallyPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 2, skipped: 2 });
  const fine = { expected: 4, unexpected: 0, flaky: 0, skipped: 0 };
  expect(tallyPlaywright({ stats: fine, errors: ['setup'] }).failed).toBe(1);
});

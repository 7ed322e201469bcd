/** What a suite found, whoever ran it. */
export type Tally = { passed: number; failed: number; skipped: number };

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export function sum(tallies: Tally[]): Tally {
  return tallies.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    NOTHING,
  );
}

/** The last line of `./dev test`, exactly so: programs read it. */
export function summaryLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/** What a summary line says; null when the line is none. */
export function tallyOf(line: string): Tally | null {
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line.trim()) ?? [];
  return passed === undefined
    ? null
    : { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

/** The part of Vitest's JSON report that is read here. */
export type VitestReport = {
  success: boolean;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

/** A file that could not even be loaded counts as one failure: its tests are not known. */
export function tallyVitest(report: VitestReport): Tally {
  const tally = sum(
    report.testResults.map((file) => {
      const statuses = file.assertionResults.map((test) => test.status);
      const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
      const failed = count('failed');
      return {
        passed: count('passed'),
        failed: failed === 0 && file.status === 'failed' ? 1 : failed,
        skipped: count('skipped', 'pending', 'todo', 'disabled'),
      };
    }),
  );
  return failIfEmpty(tally);
}

/** The part of Playwright's JSON report that is read here. */
export type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
};

/** A flaky test is a failed one: it did not do what it says at the first attempt. */
export function tallyPlaywright(report: PlaywrightReport): Tally {
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failed = unexpected + flaky;
  return failIfEmpty({
    passed: expected,
    failed: failed === 0 && report.errors.length > 0 ? 1 : failed,
    skipped,
  });
}

/** A suite that finds no tests, or only skipped ones, has shown nothing. */
function failIfEmpty(tally: Tally): Tally {
  return tally.passed + tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

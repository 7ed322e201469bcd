import type { CrashPoint } from '@cellblock/shared/crash-points';

/** Worth a line of its own, so that one slow way does not hide the next. */
const LONG_MS = 5_000;

/** What the crashes came to; printed and judged at the end. */
export class Tally {
  crashes = 0;
  lost: string[] = [];
  doubled: string[] = [];
  leftOver: string[] = [];
  restarted: string[] = [];
  readonly points = new Set<CrashPoint>();
  slowest = { ms: 0, what: '' };

  crashed(point: CrashPoint): void {
    this.crashes += 1;
    this.points.add(point);
  }

  converged(ms: number, what: string): void {
    if (ms > LONG_MS) console.log(`${what}: ${(ms / 1000).toFixed(1)} s`);
    if (ms > this.slowest.ms) this.slowest = { ms, what };
  }

  get flaws(): string[] {
    return [...this.lost, ...this.doubled, ...this.leftOver, ...this.restarted];
  }

  toString(): string {
    const { crashes, lost, doubled, leftOver, restarted, slowest } = this;
    return (
      `${crashes} crashes, ${lost.length} lost, ${doubled.length} doubled, ${leftOver.length} left over, ` +
      `${restarted.length} restarted, slowest convergence ${(slowest.ms / 1000).toFixed(1)} s (${slowest.what})`
    );
  }
}

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrashPoint } from '@cellblock/shared/crash-points';

/** Says to the programs of a crash build where the next one of them ends. */
export class CrashSwitch {
  /** for CELLBLOCK_CRASH */
  readonly directory = mkdtempSync(join(tmpdir(), 'cellblock-crash-'));

  constructor() {
    // Whoever is struck may be anybody: keepers and the jails' own first processes have no rights here.
    chmodSync(this.directory, 0o777);
  }

  arm(point: CrashPoint, o: { signal?: 'KILL' | 'STOP'; nth?: number } = {}): void {
    rmSync(join(this.directory, 'struck'), { force: true });
    writeFileSync(join(this.directory, 'armed'), `${o.signal ?? 'KILL'} ${o.nth ?? 1} ${point}\n`);
  }

  disarm(): void {
    rmSync(join(this.directory, 'armed'), { force: true });
  }

  get struck(): boolean {
    return existsSync(join(this.directory, 'struck'));
  }

  /** when that was, in milliseconds since 1970 */
  get since(): number {
    // The name changes when somebody is struck, and with it the moment of the file's last change.
    return statSync(join(this.directory, 'struck'), { throwIfNoEntry: false })?.ctimeMs ?? Number.NaN;
  }

  /** False when nobody came by. */
  async whenStruck(ms: number): Promise<boolean> {
    for (const end = Date.now() + ms; !this.struck; ) {
      if (Date.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return true;
  }

  /** The points that were passed since the last call, each once, in order. */
  passed(): CrashPoint[] {
    const file = join(this.directory, 'passed');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    writeFileSync(file, '', { mode: 0o666 });
    return [...new Set(lines.filter((line) => line !== ''))] as CrashPoint[];
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

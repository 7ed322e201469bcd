import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import type {} from '../../packages/shared/src/crash-points.ts';

/**
 * What a crash build has and a shipped one has not: the process ends where a test says so. In the directory
 * CELLBLOCK_CRASH, `armed` holds `KILL|STOP N POINT`: at the N-th time that a process passes POINT, the file
 * becomes `struck` and the process gets that signal. `passed` gets a line for every point on the way.
 */
const directory = process.env.CELLBLOCK_CRASH ?? `${process.env.CELLBLOCK_DATA}/crash`;
const times = new Map<string, number>();

globalThis.crashHere = (point) => {
  try {
    appendFileSync(`${directory}/passed`, `${point}\n`);
    const armed = readFileSync(`${directory}/armed`, 'utf8');
    const [signal, count, wanted] = /^(KILL|STOP) (\d+) (.*)\n$/.exec(armed)?.slice(1) ?? [];
    if (wanted !== point) return;
    times.set(armed, (times.get(armed) ?? 0) + 1);
    if ((times.get(armed) ?? 0) < Number(count)) return;
    renameSync(`${directory}/armed`, `${directory}/struck`);
    process.kill(process.pid, `SIG${signal}` as NodeJS.Signals);
  } catch {
    // Nothing is armed, or somebody else was struck first.
  }
};

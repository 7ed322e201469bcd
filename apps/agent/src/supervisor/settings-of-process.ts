import { readFileSync } from 'node:fs';
import { type Settings, settingsFromArguments } from './settings.ts';

/** What a living supervisor was started with, secrets too, which its state file does not hold; null: it is gone,
 *  or is none. Root's. */
export function settingsOfProcess(pid: number): Settings | null {
  try {
    const words = wordsOf(`/proc/${pid}/cmdline`);
    const at = words.findIndex((word) => word.endsWith('/supervisor.mjs'));
    if (at === -1) return null;
    return settingsFromArguments(
      words.slice(at + 1),
      Object.fromEntries(wordsOf(`/proc/${pid}/environ`).map(pair)),
    );
  } catch {
    return null;
  }
}

function wordsOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\0').slice(0, -1);
}

function pair(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

import { readdirSync, readFileSync } from 'node:fs';

/** Proportional share of memory of a process in kilobytes, and the parts of it that nobody shares. */
export function memoryOf(pid: number): { pss: number; private: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { pss: field('Pss'), private: field('Private_Clean') + field('Private_Dirty') };
}

/** Processes whose command line holds the text. */
export function processesWith(text: string): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return command.includes(text) ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Processor time that a process has taken so far, in seconds. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Fields 14 and 15, in ticks of which there are a hundred a second on Linux.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

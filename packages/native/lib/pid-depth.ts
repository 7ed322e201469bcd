import { readFileSync } from 'node:fs';

/** How many process tables a process is listed in, counted from ours (NSpid of /proc/PID/status); 0: there is none. */
export function pidDepth(pid: number): number {
  try {
    const numbers = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return numbers?.split(/\s+/).length ?? 0;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

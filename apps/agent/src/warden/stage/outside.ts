import { execFile } from 'node:child_process';
import type { Ended } from './stage-jail.ts';

const MOST_OUTPUT = 4 * 1024 * 1024;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program on the host itself, for a control. It answers with how the program ended, whatever that was;
 * it is killed after `timeoutMs`. Its status is 127 when the host has no such program.
 */
export function outside(
  command: readonly string[],
  o: { environment: Record<string, string>; timeoutMs: number; signal?: AbortSignal; input?: string },
): Promise<Ended> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        env: { PATH, LANG: 'C.UTF-8', ...o.environment } as unknown as NodeJS.ProcessEnv,
        cwd: '/',
        timeout: o.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_OUTPUT,
        ...(o.signal ? { signal: o.signal } : {}),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        const missing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
        const killed = error?.signal === 'SIGKILL' ? 9 : null;
        resolve({
          stdout,
          stderr: missing ? `${program}: not found on this host` : stderr,
          code: missing ? 127 : code,
          signal: killed,
        });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(o.input ?? '');
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { Ended } from './stage-jail.ts';

const MOST_OUTPUT = 1024 * 1024;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const NOT_FOUND = 127;
const SIGKILL = 9;

/**
 * Runs a program on the host itself, for a control. It answers with how the program ended, whatever that was,
 * and whatever it has started goes with it; all of it is killed after `timeoutMs`. Its status is 127 when the
 * host has no such program.
 */
export function outside(
  command: readonly string[],
  o: { environment: Record<string, string>; timeoutMs: number; signal?: AbortSignal; input?: string },
): Promise<Ended> {
  const [program = '', ...args] = command;
  const env: Record<string, string> = { PATH, LANG: 'C.UTF-8', ...o.environment };
  // A group of its own: nothing that a script leaves in the background stays.
  const child = spawn(program, args, { env: env as NodeJS.ProcessEnv, cwd: '/', detached: true });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (piece: string) => {
      if (text[stream].length < MOST_OUTPUT) text[stream] += piece;
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(o.input ?? '');
  const over = AbortSignal.any([AbortSignal.timeout(o.timeoutMs), ...(o.signal ? [o.signal] : [])]);
  const kill = () => killGroup(child);
  if (over.aborted) kill();
  over.addEventListener('abort', kill, { once: true });
  return new Promise((resolve) => {
    // What it has left in the background would hold its output open.
    child.once('exit', kill);
    child.once('close', (code, signal) => {
      over.removeEventListener('abort', kill);
      resolve({ ...text, code, signal: signal === null ? null : SIGKILL });
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      over.removeEventListener('abort', kill);
      const why = error.code === 'ENOENT' ? `${program}: not found on this host` : error.message;
      resolve({ stdout: '', stderr: why, code: NOT_FOUND, signal: null });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

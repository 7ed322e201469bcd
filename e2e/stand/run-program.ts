import { spawn } from 'node:child_process';

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  env?: Record<string, string | undefined>;
  stdin?: string;
  /** killed and failed after this */
  timeoutMs?: number;
  /** file whose network namespace it runs in */
  netns?: string;
  /** user id that it runs as, instead of root */
  as?: number;
  /** hears what it writes while it runs */
  onStdout?: (piece: string) => void;
}

/** Runs a program to its end; a signal is 128 and its number. Never throws for its status. */
export function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const [program = '', ...args] = inNetns(
    options.as === undefined ? argv : asUser(argv, options.as),
    options.netns,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      // Playwright's own colours would win over NO_COLOR.
      env: { ...process.env, FORCE_COLOR: undefined, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece: Buffer) => {
      stdout.push(piece);
      options.onStdout?.(piece.toString());
    });
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('error', reject);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 90_000);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        exitCode: code ?? (signal === 'SIGKILL' ? 137 : 128),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** As runProgram, and throws with everything it said when it failed. */
export async function mustRun(argv: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const ended = await runProgram(argv, options);
  if (ended.exitCode === 0) return ended;
  throw new Error(`${argv.join(' ')}: exit ${ended.exitCode}\n${ended.stdout}${ended.stderr}`);
}

const asUser = (argv: readonly string[], uid: number) => [
  'setpriv',
  ...[`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'],
  ...argv,
];

/** `ip netns exec` would mount another /sys, and take the cgroups away with it. */
export function inNetns(argv: readonly string[], netns: string | undefined): readonly string[] {
  return netns === undefined ? argv : ['nsenter', `--net=${netns}`, '--', ...argv];
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endProcess, identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

export type ProcessSpec = {
  /** as in DATA/run/NAME.pid and DATA/log/NAME.log */
  name: string;
  argv: [string, ...string[]];
  env: Record<string, string>;
  uid: number;
  gid: number;
  pidFile: string;
  logFile: string;
  /** how it is asked to end when the machine goes down, and for how long it is waited for then */
  machineGoesDown?: { signal: NodeJS.Signals; graceMilliseconds: number };
};

const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;
/** A process that lived this long was well: its next end is a new story. */
const WELL_AFTER = 10_000;

/** How long to wait before the n-th restart in a row (n from 0). */
export function restartDelay(failures: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures);
}

/**
 * One process that is kept running. It is written down with pid and start time, so that the next supervisor
 * ends it when this one was killed; nobody else's process is ever signalled.
 */
export class SupervisedProcess {
  readonly spec: ProcessSpec;
  #current: ProcessIdentity | null = null;
  #failures = 0;
  #lastEnd = 'nothing noted';
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #say: (line: string) => void;

  constructor(spec: ProcessSpec, say: (line: string) => void) {
    this.spec = spec;
    this.#say = say;
  }

  get process(): ProcessIdentity | null {
    return this.#current;
  }

  /** How often it has ended by itself, without a longer life in between. */
  get failures(): number {
    return this.#failures;
  }

  /** How it ended the last time: `exit 1`, `SIGKILL`. */
  get lastEnd(): string {
    return this.#lastEnd;
  }

  start(): void {
    if (this.#stopping) return;
    const { argv, env, uid, gid } = this.spec;
    const started = Date.now();
    const log = openSync(this.spec.logFile, 'a', 0o640);
    const [program, ...args] = argv;
    // A session of its own: a terminal's Ctrl-C reaches the supervisor, which then stops things in order.
    const child = spawn(program, args, {
      env,
      uid,
      gid,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    let over = false;
    const ended = (why: string) => {
      if (over) return;
      over = true;
      this.#ended(why, Date.now() - started);
    };
    child.once('error', (error) => ended(error.message));
    child.once('exit', (code, signal) => ended(signal ?? `exit ${code}`));
    this.#current = child.pid === undefined ? null : identityOf(child.pid);
    if (this.#current) writePidFile(this.spec.pidFile, this.#current);
  }

  #ended(why: string, lived: number): void {
    this.#current = null;
    this.#lastEnd = why;
    rmSync(this.spec.pidFile, { force: true });
    if (this.#stopping) return;
    if (lived >= WELL_AFTER) this.#failures = 0;
    const delay = restartDelay(this.#failures++);
    this.#say(`${this.spec.name} ended (${why}); starting it again in ${delay} ms`);
    this.#timer = setTimeout(() => this.start(), delay);
  }

  async stop(graceMilliseconds = 5_000, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#current) await endProcess(this.#current, graceMilliseconds, signal);
    rmSync(this.spec.pidFile, { force: true });
  }

  async stopWithMachine(): Promise<void> {
    const { signal, graceMilliseconds } = this.spec.machineGoesDown ?? {};
    await this.stop(graceMilliseconds, signal);
  }
}

export function writePidFile(file: string, identity: ProcessIdentity): void {
  writeFileSync(file, `${identity.pid} ${identity.startTime}\n`);
}

/** The living process that a pid file names; null when it is gone or was never there. */
export function processOfPidFile(file: string): ProcessIdentity | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const [pid, startTime] = text.trim().split(' ');
  if (!pid || !startTime) return null;
  const identity = { pid: Number(pid), startTime };
  return isAlive(identity) ? identity : null;
}

/** Ends what a killed supervisor left running. */
export async function endLeftover(pidFile: string): Promise<boolean> {
  const left = processOfPidFile(pidFile);
  if (left) await endProcess(left, 5_000);
  rmSync(pidFile, { force: true });
  return left !== null;
}

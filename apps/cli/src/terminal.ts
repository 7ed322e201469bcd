import type { Readable, Writable } from 'node:stream';

/** Where a run reads from and writes to; the process's own, or a test's. */
export interface Terminal {
  stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
  /** effective user id */
  uid: number;
  now: () => Date;
}

export function processTerminal(): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    uid: process.geteuid?.() ?? -1,
    now: () => new Date(),
  };
}

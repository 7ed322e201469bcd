import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { AppError } from '@cellblock/shared/app-error';
import { type AnyRouter, initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { runCli } from '../src/run-cli.ts';
import type { Terminal } from '../src/terminal.ts';

const t = initTRPC.context<{ headers: Record<string, string | string[] | undefined> }>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const refusal =
      error.cause instanceof AppError ? { ...error.cause.refusal, requestId: 'req-1' } : undefined;
    return { ...shape, data: { ...shape.data, refusal } };
  },
});
export const { router, procedure } = t;

export interface Recorded {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunWith {
  env?: Record<string, string>;
  uid?: number;
  stdin?: string;
  tty?: boolean;
  /** another clock than the machine's */
  now?: () => Date;
}

/** A dashboard of a few procedures on a real socket, and runs of the command line against it. */
export async function dashboardOf(routerOf: AnyRouter): Promise<{
  data: string;
  run: (line: string[], more?: RunWith) => Promise<Recorded>;
  close: () => Promise<void>;
}> {
  const data = mkdtempSync(path.join(tmpdir(), 'cellblock-cli-'));
  mkdirSync(path.join(data, 'run/web'), { recursive: true });
  const server = createServer(
    createHTTPHandler({
      router: routerOf,
      basePath: '/api/trpc/',
      createContext: ({ req }) => ({ headers: req.headers }),
    }),
  );
  await new Promise<void>((ready) => server.listen(path.join(data, 'run/web/root.sock'), ready));
  return {
    data,
    run: (line, more) => recordedRun(['--data', data, ...line], more),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(data, { recursive: true });
    },
  };
}

export async function recordedRun(line: string[], more: RunWith = {}): Promise<Recorded> {
  const [stdout, stderr] = [collector(more.tty), collector(more.tty)];
  const stdin = new PassThrough() as unknown as Terminal['stdin'];
  if (more.tty) stdin.isTTY = true;
  (stdin as unknown as PassThrough).end(more.stdin ?? '');
  const exitCode = await runCli(line, {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: more.env ?? {},
    uid: more.uid ?? 0,
    now: more.now ?? (() => new Date()),
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(tty: boolean | undefined) {
  const pieces: Buffer[] = [];
  const stream = new PassThrough() as unknown as Terminal['stdout'];
  (stream as unknown as PassThrough).on('data', (piece: Buffer) => pieces.push(piece));
  if (tty) stream.isTTY = true;
  return { stream, text: () => Buffer.concat(pieces).toString() };
}

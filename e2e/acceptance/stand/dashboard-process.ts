import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { mustRun } from '../../stand/run-program.ts';

const repository = path.join(import.meta.dirname, '../../..');
/** The build that `./cellblock up` would install, kept in the clone: unchanged sources cost a hash. */
const APP = path.join(repository, 'node_modules/.cellblock-acceptance');
const BUILD_MS = 900_000;

/** Two builds of one clone share its directories: one compiles, the other waits for it. */
const LOCK = path.join(repository, 'node_modules/.cellblock-build.lock');

/** Directory of the installed build of this clone. */
export async function installedBuild(): Promise<string> {
  const bin = path.join(repository, 'node_modules/.bin');
  const { stdout } = await mustRun(
    ['flock', LOCK, path.join(bin, 'node'), path.join(repository, 'scripts/build.ts'), '--app', APP],
    { timeoutMs: BUILD_MS, env: { PATH: `${bin}:${process.env.PATH}` } },
  );
  return stdout.trim();
}

export interface DashboardProcess {
  port: number;
  stop(): Promise<void>;
}

/** The dashboard as it is installed, with its pages, on a free port of loopback. */
export async function startDashboardProcess(
  build: string,
  env: Record<string, string>,
): Promise<DashboardProcess> {
  const child = spawn(path.join(build, 'bin/node'), [path.join(build, 'web/apps/web/server.mjs')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = await portOf(child);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
      }),
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (piece: Buffer) => {
      said += piece;
      const found = /dashboard listens on \S+:(\d+)/.exec(said);
      if (found) resolve(Number(found[1]));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', (piece: Buffer) => {
      hear(piece);
      if (process.env.SHOW_DASHBOARD) process.stderr.write(piece);
    });
    child.once('exit', (code) => reject(new Error(`the dashboard ended with ${code}:\n${said}`)));
  });
}

/** An answer over root's socket: `/setup-link`. */
export function askRootSocket(socketPath: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ socketPath, path: url, headers: { host: 'localhost' }, agent: false }, (response) => {
        let text = '';
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
}

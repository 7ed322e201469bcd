import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type DataDirectory, DEFAULT_PORT, dataDirectory } from '@cellblock/shared/data-directory';
import { setupLink } from '../supervisor/dashboard-root.ts';
import { checkDataDirectory } from '../supervisor/directories.ts';
import { type ProcessIdentity, signalProcess, waitForExit } from '../supervisor/process-identity.ts';
import { checkSettings, isLoopback, type Settings } from '../supervisor/settings.ts';
import { settingsOfProcess } from '../supervisor/settings-of-process.ts';
import { readState, type SupervisorState, supervisorPidFile } from '../supervisor/state-file.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { buildToRun } from './build-clone.ts';
import { launch, systemdRuns } from './launch.ts';
import { checkThisMachine } from './machine-check.ts';
import { refuseOtherSettings } from './other-settings.ts';
import { needRoot, type Place, sayer } from './place.ts';
import { checkPort } from './port-check.ts';
import { startCommand } from './systemd-unit.ts';

export type UpOptions = Place & {
  port: number | null;
  listen: string | null;
  url: string | null;
  tls: { cert: string; key: string } | null;
  detach: boolean;
  /** this machine is a host too */
  agent: boolean;
};

/** Brings everything up and says how to reach it. Exit status 0: it is (or already was) running. */
export async function up(options: UpOptions): Promise<number> {
  needRoot('up');
  const settings = settingsOf(options);
  const place = dataDirectory(settings.data);
  const say = sayer(options);
  checkDataDirectory(place.data);

  const running = processOfPidFile(supervisorPidFile(place));
  if (running) {
    const state = readState(place);
    if (state) refuseOtherSettings(askedOf(options, settings), state, settingsOfProcess(running.pid));
    say(`already running: process ${running.pid}, ${state?.doing ?? 'state unknown'}`);
    if (state?.phase === 'ready') await sayHowToReach(place, state);
    return 0;
  }
  mkdirSync(place.data, { recursive: true, mode: 0o755 });
  await checkThisMachine(place.data);
  await checkPort(settings.port, settings.listen, leftoversOf(place));
  const build = buildToRun(place, process.env.CELLBLOCK_SOURCE);
  say('starting');
  const started = await launch(place, settings, build, { lasting: options.detach, say });
  await sayHowToReach(place, started.state);
  if (!options.detach) return await stayInForeground(started.process, say);
  if (!systemdRuns())
    say(
      `\nsystemd does not run here. To start at boot, add to your init:\n  ${startCommand(place, settings)}`,
    );
  return 0;
}

function settingsOf(options: UpOptions): Settings {
  return checkSettings({
    data: options.data,
    port: options.port ?? DEFAULT_PORT,
    listen: options.listen ?? '127.0.0.1',
    ...(options.url ? { url: options.url } : {}),
    ...(options.tls ? { cert: path.resolve(options.tls.cert), key: path.resolve(options.tls.key) } : {}),
    noAgent: !options.agent,
    ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
  });
}

function askedOf(options: UpOptions, { cert, key, databaseUrl }: Settings) {
  return { ...options, tls: cert && key ? { cert, key } : null, databaseUrl: databaseUrl ?? null };
}

function leftoversOf(place: DataDirectory): number[] {
  const left = processOfPidFile(path.join(place.run, 'dashboard.pid'));
  return left ? [left.pid] : [];
}

/** URL, set-up link and tunnel are the result: they go to stdout. */
async function sayHowToReach(place: DataDirectory, state: SupervisorState): Promise<void> {
  const link = await setupLink(place.rootSocket);
  const lines = [`Cellblock is up: ${state.url}`];
  if (link) lines.push('', `Set it up (this link works once): ${link}`);
  if (isLoopback(state.listen)) {
    const port = state.port;
    lines.push(
      '',
      `From another machine: ssh -L ${port}:localhost:${port} root@${hostname()}`,
      `  then open ${state.url}`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Ctrl-C stops what was started, in order; jails keep running. */
async function stayInForeground(supervisor: ProcessIdentity, say: (line: string) => void): Promise<number> {
  say('\nrunning; Ctrl-C stops dashboard, agent and database, jails keep running');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      say('stopping');
      signalProcess(supervisor, 'SIGTERM');
    });
  }
  await waitForExit(supervisor, Number.POSITIVE_INFINITY, 500);
  return 0;
}

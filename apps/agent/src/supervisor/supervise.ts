import { rmSync } from 'node:fs';
import path from 'node:path';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import { cellblockAt, type DataDirectory, dataDirectory } from '@cellblock/shared/data-directory';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import { dashboardAnswers } from './dashboard-root.ts';
import { installationKeyHash } from './dashboard-secrets.ts';
import {
  embeddedCluster,
  keepPostmaster,
  openEmbedded,
  openExternal,
  refuseForeignKey,
  startEmbedded,
} from './database.ts';
import { writeDefaultBounds } from './default-bounds.ts';
import { checkDataDirectory, layOutAgentDirectory, layOutDataDirectory } from './directories.ts';
import { dashboardOf, enrolLocalHost, ensureHostFile, hostFingerprint } from './enrol-local-host.ts';
import type { InstalledBuild } from './installed-build.ts';
import { machineGoesDown } from './machine-goes-down.ts';
import { dashboardProcess, dialerProcess, wardenProcess } from './process-table.ts';
import { type Settings, urlOf } from './settings.ts';
import { claimPidFile } from './single-instance.ts';
import { type SupervisorState, supervisorPidFile, writeState } from './state-file.ts';
import { endLeftover, type ProcessSpec, SupervisedProcess } from './supervised-process.ts';
import { ensureAgentUsers, ensureSystemUsers, type SystemUsers } from './system-users.ts';

/**
 * Brings up database, dashboard and agent in this order, keeps them running, and stops them in reverse.
 * Jails are no concern of it: they belong to their keepers.
 * Returns the exit status.
 */
export async function supervise(settings: Settings, build: InstalledBuild): Promise<number> {
  const place = dataDirectory(settings.data);
  checkDataDirectory(place.data);
  const agentUsers = ensureAgentUsers();
  const users = settings.agentOnly ? null : ensureSystemUsers();
  if (users) layOutDataDirectory(place, users);
  else layOutAgentDirectory(place, agentUsers);
  const other = await claimPidFile(supervisorPidFile(place));
  if (other) {
    console.error(`already running: process ${other.pid}`);
    return 0;
  }

  const stop = stopSignal();
  const teller = tellState(place, settings, build);
  const running: { stop: () => Promise<void>; stopWithMachine?: () => Promise<void> }[] = [];
  const start = (spec: ProcessSpec) => {
    const supervised = new SupervisedProcess(spec, teller.log);
    running.unshift(supervised);
    supervised.start();
    return supervised;
  };
  let exit = 0;
  try {
    await bringUp();
    teller.tell('ready', 'running');
    await stop;
  } catch (error) {
    if (error !== STOPPED) {
      teller.fail(error);
      exit = 1;
    }
  }
  if (exit === 0) teller.tell('stopping', 'stopping');
  const forGood = machineGoesDown();
  if (forGood) teller.log('the machine goes down: jails end with it');
  for (const part of running) await (forGood && part.stopWithMachine ? part.stopWithMachine() : part.stop());
  rmSync(supervisorPidFile(place), { force: true });
  return exit;

  async function bringUp(): Promise<void> {
    const parts = ['dialer', 'warden', 'dashboard'].map((name) => path.join(place.run, `${name}.pid`));
    for (const pidFile of parts) if (await endLeftover(pidFile)) teller.log(`ended a leftover: ${pidFile}`);
    if (users) await bringUpDashboard(users);
    if (!settings.noAgent) await bringUpAgent();
  }

  async function bringUpDashboard(users: SystemUsers): Promise<void> {
    teller.tell('starting', 'starting the database');
    const applicationUrl = await openDatabase(users);
    await refuseForeignKey(applicationUrl, installationKeyHash(place));
    teller.tell('starting', 'starting the dashboard');
    const dashboard = start(dashboardProcess(settings, place, build, users, applicationUrl));
    await until(() => dashboardAnswers(place.rootSocket), 'the dashboard', dashboard);
  }

  async function openDatabase(users: SystemUsers): Promise<string> {
    if (settings.databaseUrl)
      return (await openExternal(settings.databaseUrl, build.file('migrations'))).applicationUrl;
    const cluster = embeddedCluster(place, build.directory, users);
    const started = await startEmbedded(cluster);
    running.unshift(keepPostmaster(cluster, started.process, teller.log));
    teller.log(`postgres ${started.adopted ? 'adopted' : 'started'} (pid ${started.process.pid})`);
    const opened = await openEmbedded(cluster, build.file('migrations'));
    for (const name of opened.migrated) teller.log(`migration ${name} applied`);
    return opened.applicationUrl;
  }

  async function bringUpAgent(): Promise<void> {
    teller.tell('starting', 'starting the agent');
    writeDefaultBounds(place);
    const local = settings.agentOnly === undefined;
    await ensureHostFile(place, settings);
    const warden = start(wardenProcess(place, build));
    const dialer = start(dialerProcess(place, build, agentUsers));
    if (local) {
      teller.tell('starting', 'approving this host');
      await until(() => enrolLocalHost(place), 'the agent', warden, dialer);
    } else {
      await until(async () => hostFingerprint(place) !== null, 'the agent', warden);
      teller.log(
        `fingerprint of this host: ${hostFingerprint(place)}; an administrator compares and approves it`,
      );
    }
  }

  /** Asks until it is so; gives up when the process keeps ending, when it takes too long, or when told to stop. */
  async function until(
    reached: () => Promise<boolean>,
    who: string,
    ...supervised: SupervisedProcess[]
  ): Promise<void> {
    const deadline = Date.now() + COMES_UP_WITHIN;
    for (;;) {
      if (await reached()) return;
      const keepsEnding = supervised.some(({ failures }) => failures >= 5);
      if (keepsEnding || Date.now() > deadline) {
        throw new AppError('internal', `${who} does not come up.`, {
          cause: supervised.map(stateWords).join(' '),
          fix: `Their last lines say why: tail ${supervised.map(({ spec }) => spec.logFile).join(' ')}; mend it, then: ${cellblockAt(place.data, 'up')}`,
        });
      }
      await Promise.race([
        new Promise((resolve) => setTimeout(resolve, 100)),
        stop.then(() => Promise.reject(STOPPED)),
      ]);
    }
  }
}

/** A busy host just after its boot is slow; giving up ends what was about to come up, and begins anew. */
const COMES_UP_WITHIN = 170_000;

function stateWords({ spec, process, failures, lastEnd }: SupervisedProcess): string {
  if (failures >= 5) return `${spec.name} ended ${failures} times, the last time with ${lastEnd}.`;
  return process
    ? `${spec.name} runs as process ${process.pid} and does not answer.`
    : `${spec.name} ended with ${lastEnd}.`;
}

const STOPPED = new Error('told to stop');

/** Resolves with the first SIGTERM or SIGINT. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

function tellState(place: DataDirectory, settings: Settings, build: InstalledBuild) {
  const log = (line: string) => console.error(`${new Date().toISOString()} ${line}`);
  const put = (phase: SupervisorState['phase'], doing: string, refusal: Refusal | null) => {
    log(doing);
    writeState(place, {
      phase,
      doing,
      build: build.build,
      url: settings.agentOnly ? dashboardOf(place) : urlOf(settings),
      port: settings.port,
      listen: settings.listen,
      agent: !settings.noAgent,
      embeddedDatabase: settings.databaseUrl === undefined,
      refusal,
      at: new Date().toISOString(),
    });
  };
  return {
    log,
    tell: (phase: SupervisorState['phase'], doing: string) => put(phase, doing, null),
    fail: (error: unknown) => {
      const refusal = refusalOf(error, place);
      put('failed', refusal.message, refusal);
      if (!(error instanceof AppError)) console.error(error);
    },
  };
}

function refusalOf(error: unknown, place: DataDirectory): Refusal {
  if (error instanceof AppError) return error.refusal;
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') {
    return { code: 'internal', message: 'The disk is full.', cause: message, fix: 'Free some space: df -h' };
  }
  return (
    systemRefusal(error) ?? {
      code: 'internal',
      message,
      cause: `The supervisor was not made for this (${name}); its log has the place in the program.`,
      fix: `tail -n 30 ${place.log}/supervisor.log; then try again: ${cellblockAt(place.data, 'up')}`,
    }
  );
}

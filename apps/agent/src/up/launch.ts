import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt, type DataDirectory, DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import type { InstalledBuild } from '../supervisor/installed-build.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../supervisor/process-identity.ts';
import { argumentsOf, type Settings } from '../supervisor/settings.ts';
import { readState, type SupervisorState, stateFile, supervisorPidFile } from '../supervisor/state-file.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { startUnit } from './systemd-unit.ts';

export const systemdRuns = (): boolean => existsSync('/run/systemd/system');

/** What the supervisor is given beside its arguments: secrets, which must not show in a list of processes. */
export function secretsOf(settings: Settings): Record<string, string> {
  return {
    ...(settings.databaseUrl ? { DATABASE_URL: settings.databaseUrl } : {}),
    ...(settings.agentOnly?.token ? { CELLBLOCK_TOKEN: settings.agentOnly.token } : {}),
  };
}

/** Starts the supervisor, as systemd's service where that runs and the start shall last, and follows it until it is ready. */
export async function launch(
  place: DataDirectory,
  settings: Settings,
  build: InstalledBuild,
  options: { lasting: boolean; say: (line: string) => void },
): Promise<{ state: SupervisorState; process: ProcessIdentity }> {
  mkdirSync(place.log, { recursive: true });
  mkdirSync(place.run, { recursive: true });
  rmSync(stateFile(place), { force: true });
  if (options.lasting && systemdRuns()) {
    startUnit(unitName(place.data), place, settings);
  } else {
    spawnSupervisor(place, settings, build);
  }
  const state = await followStart(place, options.say);
  const running = processOfPidFile(supervisorPidFile(place));
  if (!running) {
    throw new AppError('internal', 'The supervisor ended as soon as everything was up.', {
      cause: `${supervisorPidFile(place)} names no living process: somebody stopped or killed it.`,
      fix: `Its last lines say more: tail ${logOf(place)}; then: ${cellblockAt(place.data, 'up')}`,
    });
  }
  return { state, process: running };
}

const logOf = (place: DataDirectory) => path.join(place.log, 'supervisor.log');

export function unitName(data: string): string {
  if (data === DEFAULT_DATA_DIRECTORY) return 'cellblock.service';
  return `cellblock-${createHash('sha256').update(data).digest('hex').slice(0, 8)}.service`;
}

let spawned: ProcessIdentity | null = null;

function spawnSupervisor(place: DataDirectory, settings: Settings, build: InstalledBuild): void {
  const log = openSync(logOf(place), 'a', 0o640);
  const child = spawn(build.node, [build.file('supervisor.mjs'), ...argumentsOf(settings)], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', NODE_ENV: 'production', ...secretsOf(settings) },
  });
  closeSync(log);
  child.unref();
  spawned = child.pid === undefined ? null : identityOf(child.pid);
}

const GIVE_UP_AFTER = 180_000;

/** Says each thing that it does with the seconds it took; resolves when it is ready, throws its refusal. */
async function followStart(place: DataDirectory, say: (line: string) => void): Promise<SupervisorState> {
  const deadline = Date.now() + GIVE_UP_AFTER;
  let doing = '';
  let since = performance.now();
  const saySeconds = () => {
    if (doing) say(`  ${doing.padEnd(28)}${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s`);
  };
  for (;;) {
    const state = readState(place);
    if (state && state.doing !== doing) {
      saySeconds();
      doing = state.phase === 'starting' ? state.doing : '';
      since = performance.now();
    }
    if (state?.phase === 'ready') return state;
    if (state?.refusal) throw new AppError(state.refusal.code, state.refusal.message, state.refusal);
    const over = spawned !== null && !isAlive(spawned);
    if (over || Date.now() > deadline) {
      throw new AppError(
        'internal',
        over ? 'The supervisor ended while starting.' : 'The start takes too long.',
        {
          cause: over
            ? `Process ${spawned?.pid} is gone; the last that it did: ${doing || 'nothing'}.`
            : `After ${GIVE_UP_AFTER / 1000} s it is still at: ${doing || 'its beginning'}.`,
          fix: over
            ? `Its last lines say why: tail ${logOf(place)}; then: ${cellblockAt(place.data, 'up')}`
            : `See whether it goes on: ${cellblockAt(place.data, 'status')}; tail ${logOf(place)}; give up: ${cellblockAt(place.data, 'down')}`,
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

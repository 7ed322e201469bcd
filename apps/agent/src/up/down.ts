import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt, type DataDirectory, dataDirectory } from '@cellblock/shared/data-directory';
import { livingPostmaster, stopPostmaster } from '../supervisor/postgres-cluster.ts';
import { signalProcess, waitForExit } from '../supervisor/process-identity.ts';
import { readState, supervisorPidFile } from '../supervisor/state-file.ts';
import { endLeftover, processOfPidFile } from '../supervisor/supervised-process.ts';
import { systemdRuns, unitName } from './launch.ts';
import { needRoot, type Place, sayer } from './place.ts';
import { runningJails } from './running-jails.ts';
import { stopUnit, unitIsActive } from './systemd-unit.ts';

const STOPS_WITHIN = 60_000;

/** Stops dashboard, agent and database; jails are not touched. Says which of them go on. */
export async function down(options: Place): Promise<number> {
  needRoot('down');
  const place = dataDirectory(options.data);
  const say = sayer(options);
  const jails = await runningJails(place);
  const stopped = await stopEverything(place);
  say(stopped ? 'stopped: dashboard, agent and database' : 'nothing was running');
  if (jails === null) say('The agent was not there to ask: jails that run keep running.');
  else if (jails.length === 0) say('No jail is running.');
  else say(`These jails keep running: ${jails.join(', ')}`);
  return 0;
}

export async function stopEverything(place: DataDirectory): Promise<boolean> {
  const unit = unitName(place.data);
  let found = false;
  if (systemdRuns() && unitIsActive(unit)) {
    stopUnit(unit);
    found = true;
  }
  const supervisor = processOfPidFile(supervisorPidFile(place));
  if (supervisor) {
    found = true;
    signalProcess(supervisor, 'SIGTERM');
    if (!(await waitForExit(supervisor, STOPS_WITHIN))) {
      throw new AppError('internal', `The supervisor (process ${supervisor.pid}) does not stop.`, {
        cause: `It was sent SIGTERM ${STOPS_WITHIN / 1000} s ago and lives; it says: ${readState(place)?.doing ?? 'nothing'}.`,
        fix: `tail ${place.log}/supervisor.log; kill -9 ${supervisor.pid}; ${cellblockAt(place.data, 'down')}`,
      });
    }
  }
  // What a killed supervisor left behind.
  for (const name of ['dialer', 'warden', 'dashboard']) {
    found = (await endLeftover(path.join(place.run, `${name}.pid`))) || found;
  }
  if (livingPostmaster(place.postgres)) {
    found = true;
    await stopPostmaster(place.postgres);
  }
  return found;
}

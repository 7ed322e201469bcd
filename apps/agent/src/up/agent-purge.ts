import { existsSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt, dataDirectory } from '@cellblock/shared/data-directory';
import { supervisorPidFile } from '../supervisor/state-file.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { purge } from '../warden/purge.ts';
import { readInstalled, removeInstalled } from './installed-here.ts';
import { needRoot, type Place, sayer } from './place.ts';

/** Everything of this instance leaves the host: jails, storage, kernel objects, claims. Nothing else does. */
export async function agentPurge(options: Place): Promise<number> {
  needRoot('agent purge');
  const place = dataDirectory(options.data);
  const running = processOfPidFile(supervisorPidFile(place));
  if (running) {
    throw new AppError('conflict', `The agent of ${place.data} runs (process ${running.pid}).`, {
      cause: 'It would make anew what is removed, for as long as its dashboard wants it.',
      fix: `${cellblockAt(place.data, 'down')}, then ${cellblockAt(place.data, 'agent purge')}`,
    });
  }
  const installed = readInstalled(place);
  await purge({ dataDirectory: place.data });
  if (installed) {
    const stays = removeInstalled(place, installed);
    for (const what of stays) sayer(options)(`not removed: ${what}`);
  }
  if (existsSync(place.postgres))
    sayer(options)(`Agent and jails are removed; the dashboard with its history stays in ${place.data}.`);
  return 0;
}

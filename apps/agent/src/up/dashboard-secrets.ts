import { AppError } from '@cellblock/shared/app-error';
import { dataDirectory } from '@cellblock/shared/data-directory';
import {
  DashboardSecrets,
  readDashboardSecrets,
  writeDashboardSecrets,
} from '../supervisor/dashboard-secrets.ts';
import { checkDataDirectory, layOutDataDirectory } from '../supervisor/directories.ts';
import { ensureSystemUsers } from '../supervisor/system-users.ts';
import { needRoot, type Place, sayer } from './place.ts';

/** What a further dashboard of this installation needs beside the database: one line of JSON, all of it secret. */
export function exportSecrets(options: Place): string {
  needRoot('dashboard export');
  return JSON.stringify(readDashboardSecrets(dataDirectory(options.data)));
}

/** Makes this data directory one of a further dashboard. `text` is what `dashboard export` printed elsewhere. */
export function importSecrets(options: Place, text: string): number {
  needRoot('dashboard import');
  const place = dataDirectory(options.data);
  checkDataDirectory(place.data);
  const users = ensureSystemUsers();
  layOutDataDirectory(place, users);
  writeDashboardSecrets(place, parse(text), users.web);
  sayer(options)(
    `This dashboard has the installation's secrets now. Start it: DATABASE_URL=… cellblock up --data ${place.data}`,
  );
  return 0;
}

function parse(text: string): DashboardSecrets {
  try {
    return DashboardSecrets.parse(JSON.parse(text));
  } catch {
    throw new AppError('invalid', 'These are not the secrets of a dashboard.', {
      field: 'file',
      cause: text.trim() === '' ? 'Nothing was read.' : 'They were cut off, or are something else.',
      fix: 'ssh root@OTHER-DASHBOARD cellblock dashboard export | cellblock dashboard import',
    });
  }
}

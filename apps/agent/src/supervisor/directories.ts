import { lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { ownedDirectory } from './postgres-cluster.ts';
import type { AgentUsers, SystemUsers } from './system-users.ts';

/** A unix socket's path may have 107 bytes; ours below the data directory need the rest. */
const LONGEST_DATA_PATH = 72;

/** Refuses a data directory that could not work, with what would. */
export function checkDataDirectory(data: string): void {
  if (!path.isAbsolute(data) || path.resolve(data) !== data || data === '/') {
    throw new AppError('invalid', `${data} is no data directory.`, {
      field: 'data',
      cause: 'It must be an absolute path without . or .. and without a slash at its end.',
      fix: 'cellblock up --data /var/lib/cellblock',
    });
  }
  if (Buffer.byteLength(data) > LONGEST_DATA_PATH) {
    throw new AppError('invalid', `The data directory's path is longer than ${LONGEST_DATA_PATH} bytes.`, {
      field: 'data',
      cause: 'Sockets lie below it, and Linux limits the length of their paths.',
      fix: 'Choose a shorter path: cellblock up --data /var/lib/cellblock',
    });
  }
  for (let parent = path.dirname(data); ; parent = path.dirname(parent)) {
    refuseClosedParent(data, parent);
    if (parent === '/') return;
  }
}

/** The database and the dashboard run as users of their own: they must be able to get there. */
function refuseClosedParent(data: string, parent: string): void {
  let mode: number;
  try {
    mode = lstatSync(parent).mode;
  } catch {
    return; // made by us, open to all
  }
  if ((mode & 0o001) !== 0) return;
  throw new AppError('invalid', `${data} cannot be the data directory.`, {
    field: 'data',
    cause: `${parent} is closed to other users, and the database and the dashboard do not run as root.`,
    fix: `Choose a directory whose parents are open, such as /var/lib/cellblock, or: chmod o+x ${parent}`,
  });
}

/** All directories of an installation exist with their owners and modes. */
export function layOutDataDirectory(place: DataDirectory, users: SystemUsers): void {
  const { web, db } = users;
  layOutAgentDirectory(place, users);
  ownedDirectory(place.web, web.uid, web.gid, 0o700);
  ownedDirectory(path.dirname(place.rootSocket), web.uid, web.gid, 0o700);
  ownedDirectory(place.databaseSocket, db.uid, web.gid, 0o750);
}

/** Those that a host has without a dashboard beside it. */
export function layOutAgentDirectory(place: DataDirectory, { dialer }: AgentUsers): void {
  mkdirSync(place.data, { recursive: true, mode: 0o755 });
  ownedDirectory(place.run, 0, 0, 0o755);
  ownedDirectory(place.log, 0, 0, 0o750);
  ownedDirectory(place.agent, 0, 0, 0o700);
  ownedDirectory(path.dirname(place.dialerSocket), 0, dialer.gid, 0o750);
}

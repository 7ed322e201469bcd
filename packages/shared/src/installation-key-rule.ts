import { AppError } from './app-error.ts';

const BRING =
  'ssh root@OTHER-DASHBOARD cellblock dashboard export | cellblock dashboard import; then cellblock up again.';

/**
 * Whether a dashboard may work on a database. `held` is the hash of the installation's key as the database
 * knows it, `mine` that of the key in the data directory; null where there is none yet. An installation has
 * one key for ever: agents trust the one that they were enrolled with.
 */
export function installationKeyRefusal(held: string | null, mine: string | null): AppError | null {
  if (held === null || held === mine) return null;
  if (mine === null) {
    return new AppError('conflict', 'This database belongs to an installation whose key is not here.', {
      field: 'DATABASE_URL',
      cause:
        'Another dashboard works on it. Agents trust the one key that they were enrolled with, so no second one is made.',
      fix: BRING,
    });
  }
  return new AppError('conflict', 'This database belongs to an installation with another key.', {
    field: 'DATABASE_URL',
    cause: 'The data directory holds the key of an installation of its own.',
    fix: `Name a new data directory (--data DIR), and bring the key there: ${BRING}`,
  });
}

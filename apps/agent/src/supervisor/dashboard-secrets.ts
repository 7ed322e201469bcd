import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import * as z from 'zod';
import { writeOwnedFile } from './owned-file.ts';

/** What all dashboards of an installation have in common, beside the database. */
const NAMES = ['installation.key', 'session.secret', 'ca.key', 'ca.pem'] as const;

const Pem = z.string().startsWith('-----BEGIN ').max(10_000);
export const DashboardSecrets = z.object({
  what: z.literal('cellblock dashboard secrets'),
  v: z.literal(1),
  files: z.strictObject({
    'installation.key': Pem,
    'session.secret': z.string().min(32).max(1000),
    'ca.key': Pem,
    'ca.pem': Pem,
  }),
});
export type DashboardSecrets = z.infer<typeof DashboardSecrets>;

/** Hash of the installation's public key in DATA/web, hex; null where there is none. */
export function installationKeyHash(place: DataDirectory): string | null {
  const file = path.join(place.web, 'installation.key');
  if (!existsSync(file)) return null;
  return hashOf(readFileSync(file, 'utf8'));
}

function hashOf(pem: string): string {
  const raw = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' }).subarray(-32);
  return createHash('sha256').update(raw).digest('hex');
}

export function readDashboardSecrets(place: DataDirectory): DashboardSecrets {
  const missing = NAMES.filter((name) => !existsSync(path.join(place.web, name)));
  if (missing.length > 0) {
    throw new AppError(
      'not-found',
      `There is no dashboard in ${place.data} whose secrets could be exported.`,
      {
        field: 'data',
        cause: `Missing in ${place.web}: ${missing.join(', ')}.`,
        fix: 'Run this on the machine of a dashboard that has been up: cellblock up; or name its directory: --data DIR',
      },
    );
  }
  const files = Object.fromEntries(
    NAMES.map((name) => [name, readFileSync(path.join(place.web, name), 'utf8')]),
  );
  return DashboardSecrets.parse({ what: 'cellblock dashboard secrets', v: 1, files });
}

/** Puts them in place for `owner`. Refuses a directory that holds others: theirs would be lost. */
export function writeDashboardSecrets(
  place: DataDirectory,
  secrets: DashboardSecrets,
  owner: { uid: number; gid: number },
): void {
  const mine = installationKeyHash(place);
  if (mine !== null && mine !== hashOf(secrets.files['installation.key'])) {
    throw new AppError('conflict', `${place.web} holds the key of another installation.`, {
      field: 'data',
      cause: 'It would be overwritten, and the hosts of that installation would be lost with it.',
      fix: 'Name a new data directory: cellblock dashboard import --data DIR',
    });
  }
  // The key last: where it is, everything is.
  for (const name of [...NAMES].reverse()) {
    writeOwnedFile(path.join(place.web, name), secrets.files[name], { ...owner, mode: 0o600 });
  }
}

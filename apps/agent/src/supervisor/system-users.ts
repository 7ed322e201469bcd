import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';

/** Who each part runs as. None of them can sign in, and none owns anything but its own directory. */
export const SYSTEM_USERS = {
  web: 'cellblock-web',
  db: 'cellblock-db',
  dialer: 'cellblock-dialer',
  keeper: 'cellblock-keeper',
} as const;

export type Account = { name: string; uid: number; gid: number };
export type SystemUsers = Record<keyof typeof SYSTEM_USERS, Account>;

/** An account of /etc/passwd; null when there is none of that name. */
export function accountIn(passwd: string, name: string): Account | null {
  for (const line of passwd.split('\n')) {
    const [found, , uid, gid] = line.split(':');
    if (found === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

const account = (name: string) => accountIn(readFileSync('/etc/passwd', 'utf8'), name);

function ensureAccount(name: string): Account {
  const found = account(name);
  if (found) return found;
  const made = spawnSync(
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      name,
    ],
    { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } },
  );
  // Another start may have made it meanwhile: what counts is that it is there.
  const now = account(name);
  if (now) return now;
  throw new AppError('internal', `The system user ${name} could not be made.`, {
    cause: made.error?.message ?? made.stderr.trim(),
    fix: `useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ${name}`,
  });
}

export function ensureSystemUsers(): SystemUsers {
  return {
    web: ensureAccount(SYSTEM_USERS.web),
    db: ensureAccount(SYSTEM_USERS.db),
    dialer: ensureAccount(SYSTEM_USERS.dialer),
    keeper: ensureAccount(SYSTEM_USERS.keeper),
  };
}

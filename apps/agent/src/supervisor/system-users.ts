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

const withSbin = () => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` });

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
    { encoding: 'utf8', env: withSbin() },
  );
  // Another start may have made it meanwhile: what counts is that it is there.
  const now = account(name);
  if (now) return now;
  throw new AppError('internal', `The system user ${name} could not be made.`, {
    cause: made.error?.message ?? made.stderr.trim(),
    fix: `useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ${name}`,
  });
}

/** A further host has no use for the others. */
export type AgentUsers = Pick<SystemUsers, 'dialer' | 'keeper'>;

export function ensureAgentUsers(): AgentUsers {
  return { dialer: ensureAccount(SYSTEM_USERS.dialer), keeper: ensureAccount(SYSTEM_USERS.keeper) };
}

export function ensureSystemUsers(): SystemUsers {
  return {
    web: ensureAccount(SYSTEM_USERS.web),
    db: ensureAccount(SYSTEM_USERS.db),
    ...ensureAgentUsers(),
  };
}

/** Names of the accounts that an agent needs and this machine does not have yet. */
export function missingAgentUsers(): string[] {
  return [SYSTEM_USERS.dialer, SYSTEM_USERS.keeper].filter((name) => account(name) === null);
}

/** Removes an account that nobody runs as; false while somebody does. */
export function removeAccount(name: string): boolean {
  const found = account(name);
  if (found === null) return true;
  const done = spawnSync('userdel', [name], { encoding: 'utf8', env: withSbin() });
  return done.status === 0;
}

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import type { InstalledBuild } from './installed-build.ts';
import { DIALER_FLAGS, WARDEN_ENVIRONMENT, WARDEN_FLAGS } from './node-flags.ts';
import { writeOwnedFile } from './owned-file.ts';
import { type Settings, urlOf } from './settings.ts';
import type { ProcessSpec } from './supervised-process.ts';
import type { AgentUsers, SystemUsers } from './system-users.ts';

/** Nothing of the caller's environment: what a process is given is all here. */
const BASE_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  NODE_ENV: 'production',
};

function spec(place: DataDirectory, name: string): Pick<ProcessSpec, 'name' | 'pidFile' | 'logFile'> {
  return { name, pidFile: path.join(place.run, `${name}.pid`), logFile: path.join(place.log, `${name}.log`) };
}

const environment = (place: DataDirectory, build: InstalledBuild) => ({
  ...BASE_ENV,
  CELLBLOCK_DATA: place.data,
  CELLBLOCK_VERSION: build.build,
  /** cellblock.node, spawn and keeper */
  CELLBLOCK_NATIVE: build.file('native'),
});

export function dashboardProcess(
  settings: Settings,
  place: DataDirectory,
  build: InstalledBuild,
  users: SystemUsers,
  databaseUrl: string,
): ProcessSpec {
  const { uid, gid } = users.web;
  return {
    ...spec(place, 'dashboard'),
    argv: [build.node, build.file('web/apps/web/server.mjs')],
    uid,
    gid,
    env: {
      ...environment(place, build),
      DATABASE_URL: databaseUrl,
      CELLBLOCK_PORT: String(settings.port),
      CELLBLOCK_LISTEN: settings.listen,
      CELLBLOCK_URL: urlOf(settings),
      CELLBLOCK_ARCHIVE: build.file('agent.tar.gz'),
      ...certificate(settings, place, { uid, gid }),
    },
  };
}

/** The key file is root's alone as a rule; the dashboard gets a copy of its own, renewed at every start. */
function certificate(
  settings: Settings,
  place: DataDirectory,
  owner: { uid: number; gid: number },
): Record<string, string> {
  const copies = { cert: path.join(place.web, 'tls-cert.pem'), key: path.join(place.web, 'tls-key.pem') };
  for (const copy of Object.values(copies)) rmSync(copy, { force: true });
  if (!settings.cert || !settings.key) return {};
  for (const name of ['cert', 'key'] as const) {
    writeOwnedFile(copies[name], readFileSync(settings[name] ?? ''), { ...owner, mode: 0o400 });
  }
  return { CELLBLOCK_CERT: copies.cert, CELLBLOCK_KEY: copies.key };
}

export function wardenProcess(place: DataDirectory, build: InstalledBuild): ProcessSpec {
  return {
    ...spec(place, 'warden'),
    argv: [build.node, ...WARDEN_FLAGS, build.file('warden.mjs')],
    uid: 0,
    gid: 0,
    env: { ...environment(place, build), ...WARDEN_ENVIRONMENT },
    // Else systemd would wait for the jails in vain, and then kill them.
    machineGoesDown: { signal: 'SIGPWR', graceMilliseconds: 75_000 },
  };
}

export function dialerProcess(place: DataDirectory, build: InstalledBuild, users: AgentUsers): ProcessSpec {
  return {
    ...spec(place, 'dialer'),
    argv: [build.node, ...DIALER_FLAGS, build.file('dialer.mjs')],
    uid: users.dialer.uid,
    gid: users.dialer.gid,
    env: environment(place, build),
  };
}

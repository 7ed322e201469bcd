import path from 'node:path';
import type { AgentConnection } from '@cellblock/shared/agent-connection';
import { type DataDirectory, dataDirectory } from '@cellblock/shared/data-directory';
import { stringify } from 'yaml';
import { livingPostmaster } from '../supervisor/postgres-cluster.ts';
import { readState, supervisorPidFile } from '../supervisor/state-file.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { askLocalAgent } from './ask-local-agent.ts';
import type { Place } from './place.ts';
import { runningJails } from './running-jails.ts';

/** What of Cellblock runs on this machine, as `-o json` prints it. Exit status 0: it is up; 8: it is not. */
export async function status(options: Place): Promise<number> {
  const place = dataDirectory(options.data);
  const seen = await observe(place);
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);
  else if (options.output === 'yaml') process.stdout.write(stringify(seen));
  else process.stdout.write(`${rows(seen).join('\n')}\n`);
  return seen.up ? 0 : 8;
}

type Seen = Awaited<ReturnType<typeof observe>>;

async function observe(place: DataDirectory) {
  const supervisor = processOfPidFile(supervisorPidFile(place));
  const said = readState(place);
  const pidOf = (name: string) => processOfPidFile(path.join(place.run, `${name}.pid`))?.pid ?? null;
  return {
    data: place.data,
    up: supervisor !== null && said?.phase === 'ready',
    // What a dead supervisor said last is no longer so.
    doing: supervisor ? (said?.doing ?? 'starting') : 'not running',
    url: said?.url ?? null,
    build: said?.build ?? null,
    processes: {
      supervisor: supervisor?.pid ?? null,
      database: said?.embeddedDatabase === false ? null : (livingPostmaster(place.postgres)?.pid ?? null),
      dashboard: pidOf('dashboard'),
      warden: pidOf('warden'),
      dialer: pidOf('dialer'),
    },
    /** how this host's agent stands with its dashboard */
    connection: await askLocalAgent<AgentConnection>(place, 'connection'),
    runningJails: await runningJails(place),
  };
}

function rows(seen: Seen): string[] {
  const { supervisor, ...rest } = seen.processes;
  const row = (name: string, value: string) => `${name.padEnd(12)}${value}`;
  return [
    row('cellblock', supervisor === null ? 'not running' : `${seen.doing} (process ${supervisor})`),
    ...(seen.url ? [row('url', seen.url)] : []),
    row('data', seen.data),
    ...Object.entries(rest).map(([name, pid]) => row(name, pid === null ? 'not running' : `process ${pid}`)),
    ...(seen.connection ? [row('host', connectionWords(seen.connection))] : []),
    row(
      'jails',
      seen.runningJails === null
        ? 'unknown: the agent does not answer'
        : `${seen.runningJails.length} running`,
    ),
  ];
}

function connectionWords(connection: AgentConnection): string {
  switch (connection.state) {
    case 'ready':
      return `connected as ${connection.host}`;
    case 'waiting':
      return `waits for approval: ${connection.fingerprint}`;
    case 'refused':
      return `refused: ${connection.message}`;
    case 'away':
      return `not connected since ${connection.since}`;
  }
}

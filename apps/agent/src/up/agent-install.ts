import { existsSync, mkdirSync } from 'node:fs';
import type { AgentConnection } from '@cellblock/shared/agent-connection';
import { AppError } from '@cellblock/shared/app-error';
import { type DataDirectory, DEFAULT_PORT, dataDirectory } from '@cellblock/shared/data-directory';
import { adoptBuild, makeCurrent, pruneBuilds } from '../supervisor/app-directory.ts';
import { dashboardAuthority } from '../supervisor/dashboard-authority.ts';
import { checkDataDirectory, layOutAgentDirectory } from '../supervisor/directories.ts';
import { hostFingerprint } from '../supervisor/enrol-local-host.ts';
import { type InstalledBuild, installedBuild } from '../supervisor/installed-build.ts';
import type { Settings } from '../supervisor/settings.ts';
import { readState, supervisorPidFile } from '../supervisor/state-file.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { ensureAgentUsers, missingAgentUsers } from '../supervisor/system-users.ts';
import { agentPurge } from './agent-purge.ts';
import { askLocalAgent } from './ask-local-agent.ts';
import { stopEverything } from './down.ts';
import { enrolFile } from './enrol-file.ts';
import { linkFor, makeLink, readInstalled, writeInstalled } from './installed-here.ts';
import { launch, systemdRuns } from './launch.ts';
import { checkThisMachine } from './machine-check.ts';
import { offerToken } from './offer-token.ts';
import { needRoot, type Place, sayer } from './place.ts';
import { startCommand } from './systemd-unit.ts';

export type AgentInstallOptions = Place & {
  dashboard: string;
  token: string;
  /** where this program lies: a build beside its place, or in it */
  unpacked: string;
};

const ADMITTED_WITHIN = 90_000;

/**
 * What the enrolment line runs on a further host: everything is looked at before anything is changed; then the
 * agent is installed and started, and the host waits with its fingerprint. On a host that is enrolled it brings
 * the agent to the dashboard's build; jails are not touched. Exit status 0: the dashboard knows this host.
 */
export async function agentInstall(options: AgentInstallOptions): Promise<number> {
  needRoot('agent install');
  const place = dataDirectory(options.data);
  const say = sayer(options);
  checkDataDirectory(place.data);
  refuseMachineOfDashboard(place);
  await checkThisMachine(place.data);
  const file = enrolFile(place);
  file.refuseOtherDashboard(options.token);
  const ca = await dashboardAuthority(options.dashboard, options.token);
  const known = await offerToken(place, { dashboard: options.dashboard, token: options.token, ca });

  const { build } = installedBuild(options.unpacked);
  const before = runningBuild(place);
  if (known) say(`This host is enrolled at ${options.dashboard} as ${known.name}.`);
  if (known && before === build) {
    say(`Its agent is of the dashboard's build ${build} and runs: nothing to do.`);
    return await sayHowItStands(place, options.dashboard, await admission(place), say);
  }
  if (before) {
    say(`updating the agent from build ${before} to ${build}; jails keep running`);
    await stopEverything(place);
  }
  const fresh = readInstalled(place) === null;
  const installed = putInPlace(place, options.unpacked, build);
  await file.write({ dashboard: options.dashboard, ca, token: known ? null : options.token });
  say('starting');
  await launch(place, settingsOf(place), installed, { lasting: true, say });
  const stands = await admission(place);
  if (stands.state === 'refused' && fresh && !known) {
    // Somebody else was faster with the same line, say: nothing of the try stays.
    await stopEverything(place);
    await agentPurge(options);
  }
  return await sayHowItStands(place, options.dashboard, stands, say);
}

const settingsOf = (place: DataDirectory): Settings => ({
  data: place.data,
  port: DEFAULT_PORT,
  listen: '127.0.0.1',
  noAgent: false,
  agentOnly: {},
});

function refuseMachineOfDashboard(place: DataDirectory): void {
  if (!existsSync(place.web) && !existsSync(place.postgres)) return;
  throw new AppError(
    'conflict',
    `The dashboard of ${place.data} runs on this machine, which is its host already.`,
    {
      field: 'data',
      cause: `There is ${existsSync(place.web) ? place.web : place.postgres}: its own agent was approved when it came up, and two on one data directory would end each other.`,
      fix: 'Paste the line on another machine; or for a second agent here: --data DIR',
    },
  );
}

/** The build of the agent that runs; null when none does. */
function runningBuild(place: DataDirectory): string | null {
  return processOfPidFile(supervisorPidFile(place)) && (readState(place)?.build ?? 'unknown');
}

function putInPlace(place: DataDirectory, unpacked: string, build: string): InstalledBuild {
  const before = readInstalled(place);
  mkdirSync(place.app, { recursive: true, mode: 0o755 });
  const link = linkFor(place);
  writeInstalled(place, {
    madeData: before?.madeData ?? process.env.CELLBLOCK_MADE_DATA === '1',
    users: [...new Set([...(before?.users ?? []), ...missingAgentUsers()])],
    link,
  });
  layOutAgentDirectory(place, ensureAgentUsers());
  const directory = adoptBuild(unpacked, place.app, build);
  makeCurrent(place.app, build);
  pruneBuilds(place.app, build);
  if (link) makeLink(place, link);
  return installedBuild(directory);
}

/** How the agent stands with its dashboard, once that has answered. */
async function admission(place: DataDirectory): Promise<AgentConnection> {
  const deadline = Date.now() + ADMITTED_WITHIN;
  for (;;) {
    const stands = await askLocalAgent<AgentConnection>(place, 'connection');
    if (stands && stands.state !== 'away') return stands;
    if (Date.now() > deadline) {
      throw new AppError(
        'unreachable',
        'The agent runs, and its connection to the dashboard does not come up.',
        {
          cause:
            'The dashboard answered plain requests of this host; what stands between may not pass WebSockets.',
          fix: `tail ${place.log}/dialer.log ${place.log}/warden.log`,
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function sayHowItStands(
  place: DataDirectory,
  dashboard: string,
  stands: AgentConnection,
  say: (line: string) => void,
): Promise<number> {
  if (stands.state === 'refused') {
    throw new AppError('denied', stands.message, {
      cause: stands.cause ?? `${dashboard} refused the connection of this host's agent (${stands.reason}).`,
      fix:
        stands.fix ?? `At the dashboard: cellblock audit search says more; a new line: cellblock host enroll`,
    });
  }
  const lines = [`fingerprint of this host: ${hostFingerprint(place)}`];
  if (stands.state === 'waiting') {
    lines.push(
      '',
      `It waits for approval: compare this fingerprint at ${dashboard}/enroll, and approve it there if it is the same.`,
    );
  } else lines.push('', 'It is approved and connected.');
  process.stdout.write(`${lines.join('\n')}\n`);
  say('On this host: cellblock status, cellblock ls; cellblock agent purge removes everything again.');
  if (!systemdRuns()) {
    say(
      `systemd does not run here. To start at boot, add to your init:\n  ${startCommand(place, settingsOf(place))}`,
    );
  }
  return 0;
}

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { shippedAgentBundles } from '../scripts/assemble/bundles.ts';
import { changedNodes, deviceNodes } from '../scripts/device-nodes.ts';
import { AgentHost } from './agent/agent-host.ts';
import { processorProfile, profilingFlags } from './agent/processor-profile.ts';
import { makeBridge } from './bridge.ts';
import { Ground } from './ground.ts';
import { leftovers } from './leftovers.ts';
import { peersOn } from './peers.ts';
import { keptRows, type MeasuredRow, markdownOf } from './report.ts';
import { a1 } from './rows/a1.ts';
import { a2 } from './rows/a2.ts';
import { a3, assignOften } from './rows/a3.ts';
import { a4 } from './rows/a4.ts';
import { a5 } from './rows/a5.ts';
import { a6, execOften } from './rows/a6.ts';
import { b8 } from './rows/b8.ts';

/**
 * Measures rows of the performance table against their peers, in one run, and writes them down:
 *
 *   node bench/run.ts [--quick] [--rows A1,A3] [--jails 1000] [--out FILE]
 *
 * It must be started in network and mount namespaces of its own (`./dev bench` does): what it makes there ends
 * with it. A row that fails is written down with its error; the status is then 1, as when something is left over.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    /** the most on one host */
    jails: { type: 'string', default: '1000' },
    out: { type: 'string', default: join(import.meta.dirname, 'RESULTS.md') },
  },
});

const most = Number(values.jails);
const SIZES = values.quick
  ? {
      rounds: 3,
      slowRounds: 1,
      agentRounds: 2,
      a3: [2, 4],
      a3Rounds: 2,
      profileRounds: 2,
      a4: [4, 8],
      podman: 1,
      a5: [0, 4],
      a6: 2,
      quietMs: 200,
      again: 1,
    }
  : {
      rounds: 60,
      slowRounds: 20,
      agentRounds: 30,
      a3: [10, 100, most],
      a3Rounds: 30,
      profileRounds: 300,
      a4: [most / 5, most],
      podman: 20,
      a5: [0, 100, most],
      a6: 100,
      quietMs: 6_000,
      again: 5,
    };

const ROWS: Record<string, (ground: Ground) => Promise<MeasuredRow>> = {
  A1: (ground) => a1(ground, SIZES),
  A2: (ground) =>
    withHost(ground, (host) => a2(ground, host, { rounds: SIZES.agentRounds, slowRounds: SIZES.slowRounds })),
  A3: (ground) =>
    withHost(ground, (host) =>
      a3(host, { sizes: SIZES.a3, rounds: SIZES.a3Rounds, profile: () => profiledAssignments(ground) }),
    ),
  A4: (ground) => withHost(ground, (host) => a4(ground, host, { sizes: SIZES.a4, podman: SIZES.podman })),
  A5: (ground) =>
    withHost(ground, (host) =>
      a5(ground, host, { sizes: SIZES.a5, dialer: ground.path('bundle/dialer.mjs'), quietMs: SIZES.quietMs }),
    ),
  A6: (ground) =>
    withHost(ground, (host) =>
      a6(ground, host, {
        rounds: SIZES.agentRounds,
        jails: SIZES.a6,
        profile: () => profiledCommands(ground),
      }),
    ),
  B8: (ground) => b8(ground, SIZES),
};

/** What must be gone when all is over. */
const used: { directories: string[]; instances: string[] } = { directories: [], instances: [] };

/** Each row has an agent of its own, so that none pays for what another has left in its memory. */
async function withHost<T>(
  ground: Ground,
  measure: (host: AgentHost) => Promise<T>,
  flags: readonly string[] = [],
): Promise<T> {
  const host = await AgentHost.open({ root: ground.root, main: ground.path('bundle/warden.mjs'), flags });
  used.directories.push(host.stand.directory);
  used.instances.push(host.stand.instance);
  try {
    return await measure(host);
  } finally {
    await host.close();
  }
}

/** The agent's profile is complete once it has ended, which it does with its host. */
async function profiledAssignments(ground: Ground): Promise<string> {
  const directory = ground.path('profile');
  mkdirSync(directory);
  const rounds = SIZES.profileRounds;
  const steps = await withHost(ground, (host) => assignOften(host, rounds), profilingFlags(directory));
  return `${rounds} assignments and releases with 10 jails: ${steps}; ${processorProfile(directory, rounds)}`;
}

async function profiledCommands(ground: Ground): Promise<string> {
  const directory = ground.path('profile-exec');
  mkdirSync(directory);
  const rounds = Math.min(SIZES.profileRounds, 100);
  const alone = await withHost(ground, (host) => execOften(ground, host, rounds), profilingFlags(directory));
  return `${alone}; through the agent ${processorProfile(directory, rounds)}`;
}

async function main(): Promise<number> {
  const chosen =
    values.rows?.split(',') ?? (values.quick ? ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'] : Object.keys(ROWS));
  const unknown = chosen.filter((id) => !ROWS[id]);
  if (unknown.length > 0) {
    console.error(`there is no row ${unknown}: ${Object.keys(ROWS)}`);
    return 2;
  }
  const began = new Date();
  const nodes = deviceNodes();
  execFileSync('make', ['-s', '-C', join(import.meta.dirname, 'floor')], { stdio: ['ignore', 2, 2] });
  const ground = await Ground.make();
  const measured: { id: string; text: string }[] = [];
  let failed = false;
  try {
    makeBridge();
    await shippedAgentBundles(ground.path('bundle'));
    installNative(ground.path('bundle/native'));
    for (const id of chosen) {
      const row = ROWS[id];
      if (!row) throw new Error(`there is no row ${id}: ${Object.keys(ROWS).join(', ')}`);
      const started = performance.now();
      try {
        measured.push({ id, text: markdownOf(await row(ground), whenNow()) });
      } catch (error) {
        failed = true;
        console.error(`${id}:`, error);
        const why = error instanceof Error ? error.message.split('\n')[0] : error;
        measured.push({ id, text: `## ${id}. could not be measured\n\n- ${why}\n` });
      }
      console.error(`${id} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
    const versions = peersOn(ground).map((peer) => `${peer.name} ${versionOf(peer.package)}`);
    const earlier = existsSync(values.out) && values.rows ? readFileSync(values.out, 'utf8') : '';
    const rows = [...measured, ...keptRows(earlier, chosen)].sort((a, b) => (a.id < b.id ? -1 : 1));
    writeFileSync(values.out, [headOf(began, versions), ...rows.map(({ text }) => text)].join('\n'));
  } finally {
    await ground.remove();
  }
  const left = [
    ...leftovers({ directories: [ground.directory, ...used.directories], instances: used.instances }),
    ...changedNodes(nodes, deviceNodes()),
  ];
  for (const line of left) console.error(`left over: ${line}`);
  return failed || left.length > 0 ? 1 : 0;
}

/** As in an installed build: the addon and the static programs lie beside the bundles. */
function installNative(directory: string): void {
  mkdirSync(directory);
  const build = join(import.meta.dirname, '../packages/native/build');
  for (const file of ['Release/cellblock.node', 'bin/spawn', 'bin/keeper'])
    cpSync(join(build, file), join(directory, basename(file)));
}

function headOf(began: Date, versions: string[]): string {
  return [
    '# What it costs, measured',
    '',
    `Last written by \`./dev bench\` on ${began.toISOString().slice(0, 16).replace('T', ' ')} UTC, at commit ${commitNow()}, in ${Math.round((Date.now() - began.getTime()) / 1000)} s${values.quick ? ', **quick: too few runs to tell anything**' : ''}.`,
    '',
    `- Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB; load average when it ended ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
    `- Node ${process.versions.node}; ${versions.join('; ')}`,
    '- What decides are ratios of things run in turn in this one run, on one root file system; milliseconds are of this machine.',
    '- What lasts as long as what runs is on a tmpfs, as `/run` of a host is: the run directory of `spawn`, the state of crun and runc, the runroot of podman.',
    '- The floor is a bare C program that does only the system calls (`bench/floor`): two stages, so that its mounts are locked; no filter, no capabilities, no control group, no masks, nobody who keeps its console.',
    '- bubblewrap maps one id and locks nothing; crun and runc have a chowned root, and no filter; systemd-nspawn, the floor and Cellblock map the ids of the mount.',
    '',
  ].join('\n');
}

/** Rows are measured anew one by one, so each says when that was. */
function whenNow(): string {
  const load = loadavg().map((each) => each.toFixed(1));
  return `on ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC at commit ${commitNow()}, load average ${load.join(' ')}`;
}

function commitNow(): string {
  const argv = ['rev-parse', '--short', 'HEAD'];
  return execFileSync('git', argv, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
}

function versionOf(name: string): string {
  try {
    return execFileSync('dpkg-query', ['-W', `-f=$\{Version}`, name], { encoding: 'utf8' });
  } catch {
    return '(not installed)';
  }
}

process.exitCode = await main();

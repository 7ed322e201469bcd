import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentHost, type BenchJail, objectsOf } from '../agent/agent-host.ts';
import { Dialer } from '../agent/dialer.ts';
import type { Timed } from '../clock.ts';
import type { Ground } from '../ground.ts';
import { memoryOf, processesWith } from '../memory.ts';
import { peersOn, runnable } from '../peers.ts';
import type { MeasuredRow } from '../report.ts';
import { short, spreadOf } from '../statistics.ts';

const IDLE = ['/bin/sleep', '1000000'];
/** A word on the peers' command lines that nobody else's has. */
const PEER_IDLE = ['/bin/sleep', '1000123'];
const QUIET_MS = 6_000;

/** Memory of an idle jail beyond its own process, and of the agent with more and more jails. */
export async function a5(
  ground: Ground,
  host: AgentHost,
  o: { sizes: number[]; dialer: string; quietMs?: number },
): Promise<MeasuredRow> {
  const jails: BenchJail[] = [];
  const agent: { jails: number; warden: number; dialer: number }[] = [];
  const keepers: number[] = [];
  const dialer = await Dialer.start(host, o.dialer);
  try {
    for (const size of o.sizes) {
      const more = Array.from({ length: size - jails.length }, () => host.jail(IDLE));
      jails.push(...more);
      if (more.length > 0) await host.put(objectsOf(more));
      await host.settled(900_000);
      await pause(o.quietMs ?? QUIET_MS);
      agent.push({ jails: size, warden: memoryOf(host.stand.pid).pss, dialer: memoryOf(dialer.pid).pss });
      if (keepers.length === 0)
        keepers.push(...more.slice(0, 100).map(({ jail }) => keeperMemory(host, jail)));
    }
  } finally {
    await dialer.end();
    await host.destroy(jails);
  }
  const { commands, notes } = await runnable(ground, ['/bin/true'], false);
  const peers: [string, string][] = [];
  for (const { name } of commands) {
    const idle = peersOn(ground)
      .find((peer) => peer.name === name)
      ?.run(PEER_IDLE, false);
    if (idle) peers.push([name, await peerMemory(ground, idle)]);
  }

  const keeper = spreadOf(keepers);
  const [none, most] = [agent[0], agent.at(-1)];
  if (!none || !most) throw new Error('nothing was measured');
  const total = (one: { warden: number; dialer: number }) => one.warden + one.dialer;
  const each = most.jails > none.jails ? (total(most) - total(none)) / (most.jails - none.jails) : Number.NaN;
  return {
    id: 'A5',
    what: 'Memory (proportional share) of one idle jail beyond its own process, and of the agent',
    target: '≤ 0.4 MB a jail; agent ≤ 120 MB at 0 jails and ≤ 60 kB more a jail',
    verdict: [
      { met: keeper.median <= 400, says: `${short(keeper.median)} kB a jail: its keeper (at most 400)` },
      {
        met: total(none) <= 120_000,
        says: `warden and dialer take ${short(total(none) / 1000)} MB without jails (at most 120)`,
      },
      { met: Number.isNaN(each) ? null : each <= 60, says: `${short(each)} kB more a jail (at most 60)` },
    ],
    tables: [
      {
        title: 'The agent',
        head: ['jails', 'warden MB', 'dialer MB', 'together MB'],
        rows: agent.map((one) => [
          String(one.jails),
          short(one.warden / 1000),
          short(one.dialer / 1000),
          short(total(one) / 1000),
        ]),
      },
      {
        title: 'One idle jail beyond its own process',
        head: ['who', 'kB', 'what it is'],
        rows: [
          [
            'Cellblock',
            `${short(keeper.median)} (${short(keeper.least)} … ${short(keeper.p90)}, ${keeper.count} jails)`,
            'keeper',
          ],
          ...peers.map(([name, text]) => [name, ...text.split('\t')]),
        ],
      },
    ],
    notes: [
      ...notes,
      ...(each <= 60
        ? []
        : [
            'Why: what lives in the warden was 22 MB with 200 jails (a snapshot of its heap, 22 November 2026), of which 15 are its own program text and code: some 20 kB a jail. The rest is what the collector has not needed back yet, and what the C library keeps for its threads.',
          ]),
      `measured ${(o.quietMs ?? QUIET_MS) / 1000} s after the last change; the supervisor, which only starts the two again, is not counted`,
    ],
  };
}

function keeperMemory(host: AgentHost, jail: BenchJail['jail']): number {
  const { keeper } = JSON.parse(readFileSync(`${host.runDirectory(jail)}/tree`, 'utf8')) as {
    keeper: { pid: number };
  };
  return memoryOf(keeper.pid).pss;
}

/** The peer with an idle command, in the background where it knows that; what it takes beside the command. */
async function peerMemory(ground: Ground, command: Timed): Promise<string> {
  const argv = command.argv.map((word) => (word === '--rm' ? '-d' : word));
  const entered = command.mounts ? ['nsenter', `--mount=${command.mounts}`, ...argv] : argv;
  if (ground.groupFile) entered.unshift('sh', '-c', `echo $$ > ${ground.groupFile}; exec "$@"`, 'sh');
  const before = new Set(processesWith('').map(({ pid }) => pid));
  // Never /dev/null: crun gives its standard streams to the owner of the jail, and the machine has one of those.
  const child = spawn(entered[0] ?? '', entered.slice(1), { stdio: 'pipe', detached: true });
  child.stdout.resume();
  child.stderr.resume();
  try {
    const idle = await idleProcess(before);
    const line = ancestors(idle, child).map((pid) => ({ pid, ...memoryOf(pid) }));
    const sum = line.reduce((total, { pss }) => total + pss, 0);
    const names = line.map(({ pid }) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
    return `${sum}\t${names.join(', ')}`;
  } catch (error) {
    return `-\tnot measured: ${error instanceof Error ? error.message : error}`;
  } finally {
    for (const { pid } of processesWith(PEER_IDLE[1] ?? '')) if (!before.has(pid)) end(pid);
    await Promise.race([new Promise((resolve) => child.once('exit', resolve)), pause(5_000)]);
  }
}

async function idleProcess(before: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = processesWith(PEER_IDLE[1] ?? '').find(
      ({ pid, command }) => !before.has(pid) && /^\/bin\/sleep/.test(command),
    );
    if (found) {
      await pause(500);
      return found.pid;
    }
    await pause(100);
  }
  throw new Error('its command did not start');
}

/** From the parent of the command up to what we started, us not included. */
function ancestors(pid: number, child: ChildProcess): number[] {
  const line: number[] = [];
  for (let at = parentOf(pid); at > 1 && at !== process.pid; at = parentOf(at)) line.push(at);
  if (child.pid && child.exitCode === null && !line.includes(child.pid)) line.push(child.pid);
  return line;
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself
  }
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import { cgroupName } from '@cellblock/shared/owned-names';
import { type AgentHost, type BenchJail, objectsOf } from '../agent/agent-host.ts';
import { timeInTurn } from '../clock.ts';
import { crunPeer, type ExecPeer, nsenterPeer, podmanPeer, startedAt } from '../exec-peers.ts';
import type { Ground } from '../ground.ts';
import type { MeasuredRow } from '../report.ts';
import { type Spread, short, spreadOf } from '../statistics.ts';

const SLEEP = ['/bin/sleep', '1000000'];
const FILE = 'var/cellblock-exec';
const WARM_UP = 3;
/** Within it the helper of the next command is there. */
const HELPER_MS = 20;

/** A command in a jail that runs: from the request sent to the agent until the program has begun. */
export async function a6(
  ground: Ground,
  host: AgentHost,
  o: { rounds: number; jails: number; profile: () => Promise<string> },
): Promise<MeasuredRow> {
  const jails = Array.from({ length: o.jails }, () => host.jail(SLEEP));
  await host.put(objectsOf(jails));
  await host.settled();
  const [chosen] = jails;
  if (!chosen) throw new Error('there is no jail');
  const pid = (await host.stand.status()).jails.find(({ id }) => id === chosen.jail.id)?.pid;
  if (!pid) throw new Error('the jail does not run');
  const notes: string[] = [];
  const peers = [nsenterPeer(ground, pid)];
  for (const make of [crunPeer, podmanPeer]) {
    try {
      peers.push(make(ground));
    } catch (error) {
      notes.push(`${make.name.replace('Peer', ' exec')} cannot run here: ${firstLine(error)}`);
    }
  }
  const ours: number[] = [];
  let alone: { first: Spread; next: Spread };
  const times = new Map(peers.map((peer) => [peer, [] as number[]]));
  try {
    for (let round = -WARM_UP; round < o.rounds; round += 1) {
      const took = await execThroughAgent(host, chosen.jail.name, join(ground.root, FILE));
      if (round >= 0) ours.push(took);
      for (const peer of peers) {
        const took = await execAsProcess(ground, peer);
        if (round >= 0) times.get(peer)?.push(took);
      }
    }
    alone = await execByPrograms(ground, host, chosen, o.rounds, () => pause(HELPER_MS));
  } finally {
    for (const peer of peers) peer.end();
    await host.destroy(jails);
  }
  const mine = spreadOf(ours);
  const spreads = peers.map((peer): [string, Spread] => [peer.command.name, spreadOf(times.get(peer) ?? [])]);
  const nsenter = spreads[0]?.[1];
  if (!nsenter) throw new Error('nsenter was not timed');
  const ratio = mine.median / nsenter.median;
  const client = await clientStart(ground, o.rounds);
  const profile = ratio <= 1.5 ? null : await o.profile();
  return {
    id: 'A6',
    what: `exec into one of ${o.jails} jails: from the request sent to the agent until the program runs`,
    target: '≤ 1.5 × nsenter',
    verdict: [{ met: ratio <= 1.5, says: `${short(ratio)} × nsenter (at most 1.5)` }],
    tables: [
      {
        title: 'In turn; the programs are timed from before they are started',
        head: ['who', 'median ms', 'least … p90', 'runs', '× nsenter'],
        rows: [['Cellblock, through the agent', mine] as [string, Spread], ...spreads].map(
          ([name, { median, least, p90, count }]) => [
            name,
            short(median),
            `${short(least)} … ${short(p90)}`,
            String(count),
            short(median / nsenter.median),
          ],
        ),
      },
    ],
    notes: [
      ...notes,
      `each was asked for moments after another, so that its helper was there already; the first in 30 s waits for it too: without the agent ${short(alone.first.median)} ms instead of ${short(alone.next.median)}`,
      'the request is sent by a client that runs already: its serialization and its way to the agent are in the figure',
      `a client that has to be started takes ${short(client.median)} ms for that (cellblock --help, ${client.count} runs), whatever it then asks`,
      ...(profile === null ? [] : [`Why: a host that profiled itself over ${profile}`]),
      'nsenter joins no control group, drops no capability and loads no filter; exec does all three before the program, as for the first process of the jail',
    ],
  };
}

/** Commands in one jail of a host whose agent profiles itself, and of the same through `spawn` alone. */
export async function execOften(ground: Ground, host: AgentHost, rounds: number): Promise<string> {
  const jail = host.jail(SLEEP);
  await host.put(objectsOf([jail]));
  await host.settled();
  const { first, next } = await execByPrograms(ground, host, jail, rounds, () =>
    execThroughAgent(host, jail.jail.name, join(ground.root, FILE)),
  );
  await host.destroy([jail]);
  return `${rounds} commands: by \`spawn exec\` alone, without the agent, ${short(next.median)} ms each, and ${short(first.median)} ms where none was asked for before`;
}

/** Commands by the programs that the agent runs: the first of a while, and the next, whose helper is there. */
async function execByPrograms(
  ground: Ground,
  host: AgentHost,
  { jail }: BenchJail,
  rounds: number,
  between: () => Promise<unknown>,
): Promise<{ first: Spread; next: Spread }> {
  const programs = ground.path('bundle/native');
  const request = {
    ...{ runDirectory: host.runDirectory(jail), environment: {}, uid: 0, gid: 0, tty: null },
    command: ['/bin/started', `/${FILE}`],
    cgroupProcsFiles: await host.stand.kernel.cgroupProcsFiles({
      name: cgroupName(host.stand.instance, jail.key),
    }),
  };
  const times = { first: [] as number[], next: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    await between();
    // Those who have run none have no helper yet.
    const trees = createLinuxProcessTrees({ programs });
    for (const which of ['first', 'next'] as const) {
      const sent = performance.timeOrigin + performance.now();
      const session = await trees.exec({ ...request, moreToCome: which === 'first' });
      await session.exit;
      times[which].push(startedAt(join(ground.root, FILE)) - sent);
      await pause(HELPER_MS);
    }
  }
  return { first: spreadOf(times.first), next: spreadOf(times.next) };
}

async function execThroughAgent(host: AgentHost, jail: string, file: string): Promise<number> {
  const agent = await host.stand.dashboard();
  const sent = performance.timeOrigin + performance.now();
  const { session } = await agent.jail.execOpen.mutate({
    jail,
    command: ['/bin/started', `/${FILE}`],
    cause: null,
  });
  await new Promise<void>((resolve, reject) => {
    agent.jail.execOutput.subscribe(
      { session },
      {
        onData: (said) => {
          if (said.type !== 'exit') return;
          if (said.code === 0) resolve();
          else reject(new Error(`the program in the jail ended with ${said.code}`));
        },
        onError: reject,
      },
    );
  });
  return startedAt(file) - sent;
}

async function execAsProcess(ground: Ground, peer: ExecPeer): Promise<number> {
  const timing = (await timeInTurn([peer.command], 1, ground.groupFile)).get(peer.command.name);
  return peer.beganAt() - (timing?.began[0] ?? Number.NaN);
}

async function clientStart(ground: Ground, rounds: number): Promise<Spread> {
  const argv = [process.execPath, ground.path('bundle/cli.mjs'), '--help'];
  execFileSync(process.execPath, argv.slice(1), { stdio: 'ignore' });
  const timing = (await timeInTurn([{ name: 'client', argv }], Math.min(rounds, 20))).get('client');
  if (!timing) throw new Error('the client was not timed');
  return timing.wall;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '@cellblock/shared/receipt';
import { type AgentHost, objectsOf } from '../agent/agent-host.ts';
import { newestReceipt, receiptsSince, stepTimes } from '../agent/step-times.ts';
import { BRIDGE } from '../bridge.ts';
import { TIMING_HEAD, type Timed, timeInTurn, timingCells } from '../clock.ts';
import type { Ground } from '../ground.ts';
import { runnable } from '../peers.ts';
import type { MeasuredRow } from '../report.ts';
import { type Spread, short, spreadOf } from '../statistics.ts';
import { Witness } from '../witness.ts';

const FLOOR = join(import.meta.dirname, '../build/floor');
const WARM_UP = 5;

/** One jail with network through the agent: from the accepted spec to the end of its first process. */
export async function a2(
  ground: Ground,
  host: AgentHost,
  o: { rounds: number; slowRounds: number },
): Promise<MeasuredRow> {
  const witness = await Witness.start({ netns: null, here: host.stand.netns, files: [host.journal] });
  const accepted: number[] = [];
  const sent: number[] = [];
  const floors: number[] = [];
  const parts: Parts[] = [];
  let receipts = 0;
  try {
    for (let round = -Math.min(WARM_UP, o.rounds); round < o.rounds; round += 1) {
      if (round === 0) receipts = await newestReceipt(host);
      const seq = await newestReceipt(host);
      const jail = host.jail(['/bin/true']);
      witness.clear();
      const began = Date.now();
      await host.put(objectsOf([jail]));
      const written = await witness.first(/^written$/, host.journal);
      const ended = await endOf(`${host.runDirectory(jail.jail)}/exit`);
      await host.settled();
      const floor = await timeInTurn([floorWithNetwork(ground, round + WARM_UP + 1)], 1);
      if (round >= 0) {
        accepted.push(ended - written);
        sent.push(ended - began);
        floors.push(floor.get('floor with network')?.wall.median ?? 0);
        const steps = (await receiptsSince(host, seq)).filter(({ body }) => 'jail' in body.step);
        parts.push(partsOf(steps, written, ended));
      }
      await host.destroy([jail]);
    }
    const steps = (await receiptsSince(host, receipts)).filter(
      ({ body }) => !/remove|release|stop/.test(String(body.step.kind)),
    );
    const { commands, notes } = await runnable(ground, ['/bin/true'], true);
    const [podman] = commands;
    const peers = podman ? await timeInTurn([podman], o.slowRounds, ground.groupFile) : null;
    const ours = spreadOf(accepted);
    const floor = spreadOf(floors);
    const all = spreadOf(sent);
    const peer = podman && peers?.get(podman.name);
    const cells = (who: string, { median, least, p90, count }: Spread): string[] => [
      who,
      short(median),
      `${short(least)} … ${short(p90)}`,
      String(count),
      '',
      short(median / floor.median),
    ];
    return {
      id: 'A2',
      what: 'One jail with veth, bridge port, v4, v6, routes and anti-spoofing, through the agent: spec accepted to the exit of /bin/true',
      target: '≤ 2 × floor with network, ≤ 0.05 × podman with bridge',
      verdict: [
        {
          met: ours.median <= 2 * floor.median,
          says: `${short(ours.median / floor.median)} × the floor with network (at most 2)`,
        },
        peer
          ? {
              met: ours.median <= 0.05 * peer.wall.median,
              says: `${short(ours.median / peer.wall.median)} × podman with bridge (at most 0.05)`,
            }
          : { met: null, says: 'podman with bridge could not be run' },
      ],
      tables: [
        {
          title: 'In turn, agent and floor round by round, podman after them',
          head: [...TIMING_HEAD, '× floor'],
          rows: [
            cells('floor with network', floor),
            cells('Cellblock, from the spec accepted', ours),
            cells('Cellblock, from the request sent', all),
            ...(peer ? [timingCells(peer, [{ name: '', wall: floor, cpu: floor, began: [] }])] : []),
          ],
        },
      ],
      notes: [
        ...notes,
        'the end is what the keeper wrote down, in whole milliseconds: half of one is added',
        stepTimes(steps, o.rounds),
        why(parts),
      ],
    };
  } finally {
    await witness.end();
  }
}

/** Milliseconds of one round. */
interface Parts {
  /** from the accepted spec to the first step: the host is looked at, and a plan is made */
  look: number;
  /** from the first step to the start's */
  steps: number;
  count: number;
  /** from the start's step to the exit */
  start: number;
}

function partsOf(receipts: readonly Receipt[], written: number, ended: number): Parts {
  const times = receipts.map(({ body }) => Date.parse(body.at));
  const first = times[0] ?? written;
  const start = receipts.find(({ body }) => body.step.kind === 'process.start');
  const started = start ? Date.parse(start.body.at) : ended;
  const count = times.filter((at) => at <= started).length - 1;
  return { look: first - written, steps: started - first, count, start: ended - started };
}

function why(parts: readonly Parts[]): string {
  const median = (part: keyof Parts) => short(spreadOf(parts.map((one) => one[part])).median);
  return `Why: ${median('look')} ms until the first step, in which the host is looked at and a plan is made; ${median('steps')} ms for ${median('count')} steps, of which each is a request of its own and a signed receipt, where the floor sends two batches and writes nothing down; ${median('start')} ms from the start's step to the exit: its record is made durable, \`spawn\` does what A1 counts, with /tmp, /run and three files of /etc more. The times of steps are in whole milliseconds.`;
}

function floorWithNetwork(ground: Ground, number: number): Timed {
  return {
    name: 'floor with network',
    argv: [FLOOR, '-n', BRIDGE, String(number), ground.root, '1600000000', '/bin/true'],
  };
}

/** When the first process ended, in milliseconds since 1970. */
async function endOf(file: string): Promise<number> {
  for (let tries = 0; tries < 4_000; tries += 1) {
    try {
      const match = /^\S+ \S+ (\d+)\n/.exec(readFileSync(file, 'utf8'));
      if (match) return Number(match[1]) + 0.5;
    } catch {
      // not there yet
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`no process ended: ${file}`);
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type AgentHost, destroyed, objectsOf } from '../agent/agent-host.ts';
import { doneAt, newestReceipt, receiptsSince, stepTimes } from '../agent/step-times.ts';
import { BRIDGE } from '../bridge.ts';
import { whyNot } from '../clock.ts';
import type { Ground } from '../ground.ts';
import { processorSeconds } from '../memory.ts';
import { peersOn } from '../peers.ts';
import type { MeasuredRow } from '../report.ts';
import { short } from '../statistics.ts';

const FLOOR = join(import.meta.dirname, '../build/floor');
const SLEEP = ['/bin/sleep', '1000000'];

interface Rates {
  jails: number;
  /** jails a second */
  created: number;
  removed: number;
  notes: string[];
}

/** Many jails with addresses at once, and all of them removed. */
export async function a4(
  ground: Ground,
  host: AgentHost,
  o: { sizes: number[]; podman: number },
): Promise<MeasuredRow> {
  const ours: Rates[] = [];
  const floors: Rates[] = [];
  for (const size of o.sizes) {
    floors.push(await floorLoop(ground, size));
    ours.push(await throughAgent(host, size));
  }
  const podman = await podmanLoop(ground, o.podman);
  const toFloor = Math.min(...ours.map(({ created }, at) => created / (floors[at]?.created ?? 1)));
  const [first, last] = [ours[0], ours.at(-1)];
  const growth = first && last ? last.created / first.created : Number.NaN;
  const slowest = Math.min(...ours.map(({ removed }) => removed));
  const line = (who: string, { jails, created, removed }: Rates) => [
    who,
    String(jails),
    short(created),
    short(removed),
  ];
  return {
    id: 'A4',
    what: 'Jails with addresses created through the agent in one change, and all removed',
    target:
      "≥ 0.6 × the floor's rate; rate at 1,000 ≥ 0.8 × rate at 200; removal ≥ 500 /s; nothing left behind",
    verdict: [
      {
        met: toFloor >= 0.6,
        says: `created at ${short(toFloor)} × the floor's rate, at the worst size (at least 0.6)`,
      },
      {
        // Fewer than the target names cannot show that it is met.
        met: (last?.jails ?? 0) >= 1000 ? growth >= 0.8 : null,
        says: `the rate at ${last?.jails} is ${short(growth)} × the rate at ${first?.jails} (at least 0.8)`,
      },
      { met: slowest >= 500, says: `${short(slowest)} removed a second, at the slowest (at least 500)` },
      { met: true, says: 'nothing was left behind: the run ends with an error otherwise' },
    ],
    tables: [
      {
        title: 'Rates',
        head: ['who', 'jails', 'created /s', 'removed /s'],
        rows: [
          ...ours.map((rates) => line('Cellblock', rates)),
          ...floors.map((rates) => line('floor in a loop', rates)),
          ...(typeof podman === 'string' ? [] : [line('podman run -d, with bridge', podman)]),
        ],
      },
    ],
    notes: [
      'created: from the request sent to the last process started; removed: to the last link gone from the kernel',
      ...(typeof podman === 'string' ? [`podman could not be run: ${podman}`] : []),
      ...ours.flatMap(({ notes }) => notes),
      ...(toFloor >= 0.6 && slowest >= 500
        ? []
        : [
            'Why, by profiles of the agent while 1,000 jails were made and removed (22 November 2026): a third of its time is the collection of what each step leaves in memory, a tenth each are signatures and reports, the rest are some thirty single requests and files a jail; the floor sends two batches a jail, signs nothing and keeps no record. What is left of a removal are twelve steps and their receipts: 11 to 13 ms of the agent a jail, where the floor has a process that ends.',
          ]),
    ],
  };
}

async function throughAgent(host: AgentHost, size: number): Promise<Rates> {
  const jails = Array.from({ length: size }, () => host.jail(SLEEP));
  const before = await newestReceipt(host);
  const worked = processorSeconds(host.stand.pid);
  const began = Date.now();
  await host.put(objectsOf(jails));
  await host.settled(900_000);
  const making = processorSeconds(host.stand.pid) - worked;
  const makingTook = (Date.now() - began) / 1000;
  const made = await receiptsSince(host, before);
  const starts = made.filter(({ body }) => body.step.kind === 'process.start' && body.result === 'done');
  if (starts.length !== size) throw new Error(`${starts.length} of ${size} jails were started`);
  const created = size / ((Math.max(...starts.map(doneAt)) - began) / 1000);

  const working = processorSeconds(host.stand.pid);
  const beforeEnd = await newestReceipt(host);
  const ending = Date.now();
  await host.put(destroyed(jails));
  await host.settled(900_000);
  const unmade = await receiptsSince(host, beforeEnd);
  const unmaking = processorSeconds(host.stand.pid) - working;
  for (;;) {
    const links = await host.stand.inside(null, 'ip', '-o', 'link');
    if (!links.includes(`v${host.stand.instance}`)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const removingTook = (Date.now() - ending) / 1000;
  const removed = size / removingTook;
  await host.forget(jails);
  return {
    jails: size,
    created,
    removed,
    notes: [
      `${size} jails created: the warden itself worked ${short(making)} s of ${short(makingTook)} s; ${stepTimes(made, size)}`,
      `${size} jails removed: the warden itself worked ${short(unmaking)} s of ${short(removingTook)} s; ${stepTimes(unmade, size)}`,
    ],
  };
}

async function floorLoop(ground: Ground, size: number): Promise<Rates> {
  const child = spawn(FLOOR, ['-l', String(size), BRIDGE, ground.root, '1600000000'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const seconds = async () => {
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    return Number(line.split(' ')[1]);
  };
  const created = size / (await seconds());
  child.stdin.write('\n');
  const removed = size / (await seconds());
  await once(child, 'exit');
  return { jails: size, created, removed, notes: [] };
}

/** `run -d` one after another, as a script would; then one removal of all. */
async function podmanLoop(ground: Ground, size: number): Promise<Rates | string> {
  const command = peersOn(ground)
    .find(({ name }) => name === 'podman')
    ?.run(['/bin/true'], true);
  if (!command) return 'it is no peer';
  const refusal = await whyNot(command, ground.groupFile);
  if (refusal !== null) return refusal;
  const inside = [`--mount=${ground.mounts}`, ...command.argv.slice(0, command.argv.indexOf('run'))];
  const podman = (...args: string[]) =>
    execFileSync('nsenter', [...inside, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const options = command.argv
    .slice(command.argv.indexOf('run') + 1, -1)
    .filter((option) => option !== '--rm');
  const began = performance.now();
  for (let made = 0; made < size; made += 1) podman('run', '-d', ...options, '/bin/sleep', '1000');
  const created = size / ((performance.now() - began) / 1000);
  const ending = performance.now();
  podman('rm', '-f', '-a', '-t', '0');
  return { jails: size, created, removed: size / ((performance.now() - ending) / 1000), notes: [] };
}

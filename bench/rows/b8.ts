import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground } from '../ground.ts';
import type { MeasuredRow } from '../report.ts';
import { short, spreadOf } from '../statistics.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** `./cellblock up` from a fresh clone, and again when nothing has changed. */
export async function b8(ground: Ground, o: { again: number }): Promise<MeasuredRow> {
  const clone = ground.path('clone');
  const data = ground.path('data');
  execFileSync('git', ['clone', '-q', '--local', REPOSITORY, clone]);
  const env = { ...process.env, CELLBLOCK_DATA: data };
  const cellblock = (...args: string[]) => {
    const began = performance.now();
    const done = spawnSync(join(clone, 'cellblock'), args, { env, encoding: 'utf8', timeout: 900_000 });
    const output = `${done.stdout}${done.stderr}`;
    if (done.status !== 0)
      throw new Error(`cellblock ${args.join(' ')}: ${done.error?.message ?? output.trim().slice(-500)}`);
    return { seconds: (performance.now() - began) / 1000, stages: stagesIn(output) };
  };
  try {
    // Packages come by the network of the machine; everything that listens stays in the run's own.
    const beginning = performance.now();
    execFileSync('nsenter', [`--net=/proc/${process.ppid}/ns/net`, join(clone, 'cellblock'), '--help'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 600_000,
    });
    const packages = (performance.now() - beginning) / 1000;
    const fresh = cellblock('up', '--detach');
    const running = cellblock('up', '--detach');
    const again: ReturnType<typeof cellblock>[] = [];
    for (let round = 0; round < o.again; round += 1) {
      cellblock('down');
      again.push(cellblock('up', '--detach'));
    }
    const restarted = spreadOf(again.map(({ seconds }) => seconds));
    const stages = [...new Set(again.flatMap((one) => [...one.stages.keys()]))];
    const medianOf = (stage: string) => spreadOf(again.map((one) => one.stages.get(stage) ?? 0)).median;
    return {
      id: 'B8',
      what: '`./cellblock up`: of a fresh clone, and when nothing has changed',
      target: '≤ 5 min on a fresh machine, ≤ 5 s when nothing changed',
      verdict: [
        {
          met: packages + fresh.seconds <= 300,
          says: `${short(packages + fresh.seconds)} s from a fresh clone to ready (at most 300)`,
        },
        {
          met: restarted.median <= 5,
          says: `${short(restarted.median)} s when it was down and nothing has changed (at most 5)`,
        },
        { met: running.seconds <= 5, says: `${short(running.seconds)} s when it runs already` },
      ],
      tables: [
        {
          title: 'Seconds',
          head: ['what', 'median s', 'least … p90', 'runs'],
          rows: [
            ['npm packages of a fresh clone', short(packages), '', '1'],
            ['build, database, dashboard and agent, first time', short(fresh.seconds), '', '1'],
            [
              'up after down, nothing changed',
              short(restarted.median),
              `${short(restarted.least)} … ${short(restarted.p90)}`,
              String(restarted.count),
            ],
            ['up while it runs', short(running.seconds), '', '1'],
          ],
        },
      ],
      notes: [
        "Debian's packages were installed before; the package manager's own cache was as it was found",
        `the first time: ${wordsOf(fresh.stages)}`,
        `after down (medians; the rest is the command itself, which looks whether a source has changed): ${wordsOf(new Map(stages.map((stage) => [stage, medianOf(stage)])))}`,
      ],
    };
  } finally {
    if (existsSync(data)) {
      try {
        cellblock('down');
        cellblock('agent', 'purge', '--yes');
      } catch (error) {
        console.error('the installation of B8 was not taken down:', error);
      }
    }
    rmSync(clone, { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  }
}

/** What `up` says of its stages: name and seconds. */
function stagesIn(output: string): Map<string, number> {
  const lines = output.matchAll(/^ {2}(\S.*?) +(\d+\.\d) s$/gm);
  return new Map([...lines].map(([, name = '', seconds]) => [name, Number(seconds)]));
}

function wordsOf(stages: ReadonlyMap<string, number>): string {
  return [...stages].map(([name, seconds]) => `${name} ${short(seconds)} s`).join(', ');
}

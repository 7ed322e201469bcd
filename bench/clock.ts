import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Spread, short, spreadOf } from './statistics.ts';

const CLOCK = join(import.meta.dirname, 'build/clock');

/** A command that is run many times, in turn with others. */
export interface Timed {
  name: string;
  argv: string[];
  /** a mount namespace to run in: `/proc/PID/ns/mnt` */
  mounts?: string;
  /** where a network namespace is made and pinned as part of the work */
  netns?: string;
  /** a file */
  stdin?: string;
}

export interface Timing {
  name: string;
  /** milliseconds from start to the end of all that was started */
  wall: Spread;
  /** milliseconds of processor time */
  cpu: Spread;
  /** when each run began, in milliseconds since 1970 */
  began: number[];
}

/** Runs each command `rounds` times in turn; a command that fails even once is an error that names it. */
export async function timeInTurn(
  commands: Timed[],
  rounds: number,
  group: string | null = null,
): Promise<Map<string, Timing>> {
  const rows = commands.map(({ name, mounts, netns, stdin, argv }) =>
    [name, mounts ?? '-', netns ?? '-', stdin ?? '-', ...argv].join('\t'),
  );
  const samples = new Map<string, { wall: number[]; cpu: number[]; began: number[] }>();
  for (const line of (await runClock(rounds, rows, group)).split('\n').filter((text) => text !== '')) {
    const [name = '', nanoseconds, status, cpu, began] = line.split('\t');
    if (status !== '0') throw new Error(`${name} ended with status ${status}`);
    const of = samples.get(name) ?? { wall: [], cpu: [], began: [] };
    of.wall.push(Number(nanoseconds) / 1e6);
    of.cpu.push(Number(cpu) / 1e3);
    of.began.push(Number(began) / 1e6);
    samples.set(name, of);
  }
  return new Map(
    [...samples].map(([name, { wall, cpu, began }]) => [
      name,
      { name, wall: spreadOf(wall), cpu: spreadOf(cpu), began },
    ]),
  );
}

/** Why a command cannot run here, in its own words; null when it can. */
export async function whyNot(command: Timed, group: string | null): Promise<string | null> {
  const row = [
    command.name,
    command.mounts ?? '-',
    command.netns ?? '-',
    command.stdin ?? '-',
    ...command.argv,
  ];
  let said = '';
  const out = await runClock(1, [row.join('\t')], group, (text) => {
    said += text;
  });
  if (out.split('\t')[2] === '0') return null;
  return said.trim().split('\n').slice(-2).join(' / ').slice(0, 300) || `ended with ${out.trim()}`;
}

function runClock(
  rounds: number,
  rows: string[],
  group: string | null,
  hear?: (text: string) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = hear ? { ...process.env, CLOCK_TALKS: '1' } : process.env;
    const child = spawn(CLOCK, [String(rounds), ...(group ? [group] : [])], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => hear?.(text));
    child.once('error', reject);
    child.stdin.on('error', () => {}); // it ended without reading: its status says so
    child.once('close', (status) =>
      status === 0 ? resolve(out) : reject(new Error(`the clock ended with status ${status}`)),
    );
    child.stdin.end(`${rows.join('\n')}\n`);
  });
}

/** Cells of a table: who, median, spread, processor time, ratios to the named ones. */
export function timingCells(timing: Timing, against: Timing[]): string[] {
  const { wall, cpu } = timing;
  return [
    timing.name,
    short(wall.median),
    `${short(wall.least)} … ${short(wall.p90)}`,
    String(wall.count),
    short(cpu.median),
    ...against.map((other) => short(wall.median / other.wall.median)),
  ];
}

export const TIMING_HEAD = ['who', 'median ms', 'least … p90', 'runs', 'processor ms'];

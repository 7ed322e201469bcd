import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TIMING_HEAD, type Timed, type Timing, timeInTurn, timingCells } from '../clock.ts';
import type { Ground } from '../ground.ts';
import { OurTree } from '../our-tree.ts';
import { runnable } from '../peers.ts';
import type { MeasuredRow } from '../report.ts';
import { short } from '../statistics.ts';

const FLOOR = join(import.meta.dirname, '../build/floor');

/** One jail without network: from start to the exit of /bin/true. */
export async function a1(ground: Ground, o: { rounds: number; slowRounds: number }): Promise<MeasuredRow> {
  const tree = await OurTree.make(ground);
  try {
    const program = ['/bin/true'];
    const ours = await tree.command(program);
    const floor: Timed = { name: 'floor', argv: [FLOOR, ground.root, '1600000000', ...program] };
    const plain: Timed = { name: 'fork and exec, no jail', argv: [join(ground.root, 'bin/true')] };
    const { commands, notes } = await runnable(ground, program, false);
    const quick = commands.filter(({ name }) => ['bubblewrap', 'crun'].includes(name));
    // The slow ones run apart and less often, each round beside the floor and us.
    const slow = commands.filter((command) => !quick.includes(command));
    const timings = await timeInTurn([plain, floor, ours, ...quick], o.rounds, ground.groupFile);
    const others =
      slow.length > 0 ? await timeInTurn([floor, ours, ...slow], o.slowRounds, ground.groupFile) : new Map();
    const [f, u] = [timings.get('floor'), timings.get(ours.name)];
    if (!f || !u) throw new Error('floor and spawn were not timed');
    const bubblewrap = timings.get('bubblewrap');
    const toFloor = u.wall.median / f.wall.median;
    const verdict = [
      {
        met: toFloor <= 1.3,
        says: `${short(toFloor)} × the floor (at most 1.3); in processor time ${short(u.cpu.median / f.cpu.median)} ×`,
      },
      bubblewrap
        ? {
            met: u.wall.median / bubblewrap.wall.median <= 0.6,
            says: `${short(u.wall.median / bubblewrap.wall.median)} × bubblewrap (at most 0.6); the floor itself is ${short(f.wall.median / bubblewrap.wall.median)} × bubblewrap here`,
          }
        : { met: null, says: 'bubblewrap could not be run' },
    ];
    const head = [...TIMING_HEAD, '× floor'];
    const fs = others.get('floor');
    return {
      id: 'A1',
      what: 'One jail without network, start to exit of /bin/true, through `spawn`',
      target: '≤ 1.3 × floor, ≤ 0.6 × bubblewrap',
      verdict,
      tables: [
        { title: 'In turn', head, rows: [...timings.values()].map((timing) => timingCells(timing, [f])) },
        ...(fs
          ? [
              {
                title: 'In turn with the slower peers',
                head,
                rows: [...others.values()].map((timing) => timingCells(timing, [fs])),
              },
            ]
          : []),
      ],
      notes: [
        ...notes,
        ...profile(ground, ours, floor),
        why({ ours: u, floor: f, program: timings.get(plain.name) ?? f, bubblewrap }),
      ],
    };
  } finally {
    await tree.remove();
  }
}

/** What is missing to the targets, by what this run has measured. */
function why(o: { ours: Timing; floor: Timing; program: Timing; bubblewrap: Timing | undefined }): string {
  const more = o.ours.cpu.median - o.floor.cpu.median;
  const least = o.ours.wall.least / o.floor.wall.least;
  const lines = [
    `Why: ${short(more)} ms of processor time more than the floor, and ${short(least)} × the floor in the least disturbed run of each. They are what is counted above and the floor does not have: masks over /proc, devices, filters, control groups, the keeper, one more process, and the files of the run directory. Starting a static program of glibc takes ${short(o.program.cpu.median)} ms here ("fork and exec" above): twice in the floor, and once in ours.`,
  ];
  if (o.bubblewrap && o.floor.wall.median > 0.6 * o.bubblewrap.wall.median)
    lines.push(
      '0.6 × bubblewrap is less than the bare system calls of two locked stages take here: the floor itself misses it.',
    );
  return lines.join(' ');
}

/** What the difference consists of: counted, not guessed. */
function profile(ground: Ground, ours: Timed, floor: Timed): string[] {
  const count = (name: string, timed: Timed) => {
    const log = ground.path(`strace-${name}`);
    const pin = timed.netns ? `mount --bind /proc/self/ns/net ${timed.netns} && ` : '';
    const input = timed.stdin ? `< ${timed.stdin}` : '';
    execFileSync(
      'sh',
      [
        '-c',
        `${pin} strace -f -qq -o ${log} ${timed.argv.join(' ')} ${input}; sleep 0.3; ${timed.netns ? `umount -l ${timed.netns}` : ':'}`,
      ],
      { stdio: 'ignore' },
    );
    const lines = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /^\d+ +\w+\(/.test(line));
    const calls = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
    return `${name}: ${lines.length} system calls in ${new Set(lines.map((line) => line.split(' ')[0])).size} processes; ${calls(/^\d+ +(move_mount|mount)\(/)} mounts, ${calls(/^\d+ +fsopen\(/)} new file systems, ${calls(/^\d+ +execve(at)?\(/)} programs executed, ${calls(/^\d+ +seccomp\(/)} filters loaded`;
  };
  try {
    return [count('spawn', ours), count('floor', floor)];
  } catch (error) {
    return [
      `system calls were not counted: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    ];
  }
}

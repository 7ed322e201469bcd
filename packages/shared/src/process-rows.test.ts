import { expect, it } from 'vitest';
import type { JailProcess } from './jail-process.ts';
import { processTree } from './process-rows.ts';

const one = (pid: number, parent: number, startTime = pid): JailProcess => ({
  pid,
  jailPid: pid,
  parent,
  startTime,
  uid: 0,
  state: 'S',
  threads: 1,
  memoryBytes: 0,
  cpuSeconds: 0,
  name: 'x',
  command: null,
});
const shape = (processes: JailProcess[]) =>
  processTree(processes).map(({ process, depth }) => [process.pid, depth]);

it('puts children below their parents, the oldest first', () => {
  expect(shape([one(30, 10, 2), one(10, 4), one(20, 10, 3), one(40, 30)])).toEqual([
    [10, 0],
    [30, 1],
    [40, 2],
    [20, 1],
  ]);
});

it('leaves nobody out, whatever the parents say', () => {
  expect(
    shape([one(5, 6), one(6, 5), one(7, 7)])
      .map(([pid]) => pid)
      .sort(),
  ).toEqual([5, 6, 7]);
});

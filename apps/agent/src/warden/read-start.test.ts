import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { readProcess } from './jail-processes.ts';
import { stageProcesses } from './stage/picture.ts';
import { STAGE_MARK } from './stage/stage.ts';

const MIB = 1024 ** 2;
/** As much as an argument or a variable may have, so often that all of them are 1.5 MiB. */
const LONG = Array.from({ length: 12 }, () => 'x'.repeat(MIB / 8 - 16));

async function started(environment: Record<string, string>, ...words: string[]): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', 'sleep 60 & wait', ...words], {
    stdio: 'ignore',
    detached: true,
    env: environment,
  });
  await once(child, 'spawn');
  onTestFinished(async () => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/** What this process has read, whatever became of it. */
const bytesRead = () => Number(/^rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

test('of a command line no more is read than is shown, however long a process makes it', async () => {
  const { pid = 0 } = await started({}, ...LONG);
  await expect.poll(() => readProcess(pid, 0)?.name).toBe('sh');
  expect(readFileSync(`/proc/${pid}/cmdline`).length).toBeGreaterThan(MIB);
  const before = bytesRead();
  for (let n = 0; n < 10; n++)
    expect(readProcess(pid, 0)?.command).toMatch(/^\/bin\/sh -c sleep 60 & wait x+$/);
  expect(bytesRead() - before).toBeLessThan(MIB);
});

test("a stage's processes are found by the beginning of what each was given", async () => {
  const mark = { [STAGE_MARK]: 'abc123' };
  await started({ ...mark, ...Object.fromEntries(LONG.map((value, n) => [`LONG${n}`, value])) });
  const found = async () => (await stageProcesses('00000000')).filter((line) => line.endsWith(' abc123'));
  await expect.poll(async () => (await found()).length).toBe(2);
  const least = bytesRead();
  await found();
  const once = bytesRead() - least;
  for (let n = 0; n < 10; n++)
    await started({ ...Object.fromEntries(LONG.map((value, n) => [`LONG${n}`, value])) });
  const before = bytesRead();
  await found();
  // Of ten times two processes with 1.5 MiB each.
  expect(bytesRead() - before - once).toBeLessThan(4 * MIB);
});

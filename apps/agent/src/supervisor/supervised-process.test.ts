import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf, isAlive, type ProcessIdentity, signalProcess, waitForExit } from './process-identity.ts';
import {
  endLeftover,
  processOfPidFile,
  restartDelay,
  SupervisedProcess,
  writePidFile,
} from './supervised-process.ts';

let directory: string;
let supervised: SupervisedProcess;
let said: string[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-supervised-'));
  said = [];
});
afterEach(async () => {
  await supervised?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function supervise(...argv: [string, ...string[]]): SupervisedProcess {
  supervised = new SupervisedProcess(
    {
      name: 'sleeper',
      argv,
      env: { PATH: process.env.PATH ?? '' },
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      pidFile: path.join(directory, 'sleeper.pid'),
      logFile: path.join(directory, 'sleeper.log'),
    },
    (line) => said.push(line),
  );
  supervised.start();
  return supervised;
}

const living = (of: SupervisedProcess): ProcessIdentity => {
  if (!of.process) throw new Error('not running');
  return of.process;
};

async function restarted(of: SupervisedProcess, before: ProcessIdentity): Promise<ProcessIdentity> {
  const deadline = Date.now() + 3_000;
  for (;;) {
    if (of.process && of.process.pid !== before.pid) return of.process;
    if (Date.now() > deadline) throw new Error('not restarted');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a killed process is started again within a second, and the pid file names the new one', {
  retry: 2,
}, async () => {
  const sleeper = supervise('sleep', '1000');
  const first = living(sleeper);
  const killedAt = Date.now();
  signalProcess(first, 'SIGKILL');
  const second = await restarted(sleeper, first);
  expect(Date.now() - killedAt).toBeLessThan(1_000);
  expect(processOfPidFile(sleeper.spec.pidFile)).toEqual(second);
  expect(said).toEqual(['sleeper ended (SIGKILL); starting it again in 100 ms']);
});

test('a process that keeps ending is counted, and its output is kept', async () => {
  const sleeper = supervise('sh', '-c', 'echo no such thing >&2; exit 3');
  while (sleeper.failures < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(said.slice(0, 2)).toEqual([
    'sleeper ended (exit 3); starting it again in 100 ms',
    'sleeper ended (exit 3); starting it again in 200 ms',
  ]);
  expect(readFileSync(sleeper.spec.logFile, 'utf8')).toContain('no such thing');
});

test('the wait doubles up to five seconds', () => {
  expect([0, 1, 2, 5, 6, 50].map(restartDelay)).toEqual([100, 200, 400, 3200, 5000, 5000]);
});

test('a stopped process is not started again, and one that ignores the signal is forced', async () => {
  const deaf = supervise('sh', '-c', 'trap "" TERM; while :; do sleep 1; done');
  const process_ = living(deaf);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await deaf.stop(200);
  expect(isAlive(process_)).toBe(false);
  expect(existsSync(deaf.spec.pidFile)).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(deaf.process).toBeNull();
});

test('a process hears that the machine goes down by the signal it chose', async () => {
  const sleeper = supervise('sh', '-c', 'trap "echo down; exit" PWR; while :; do sleep 0.05; done');
  sleeper.spec.machineGoesDown = { signal: 'SIGPWR', graceMilliseconds: 10_000 };
  await new Promise((resolve) => setTimeout(resolve, 200));
  await sleeper.stopWithMachine();
  expect(readFileSync(sleeper.spec.logFile, 'utf8')).toBe('down\n');
});

test('a program that is not there is told, not thrown', async () => {
  supervise('/nonexistent/program');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(said[0]).toMatch(/ENOENT/);
});

test('a leftover is ended by pid and start time; a stranger with the same pid is not', async () => {
  const sleeper = living(supervise('sleep', '1000'));
  const file = path.join(directory, 'left.pid');
  writePidFile(file, { pid: sleeper.pid, startTime: '1' });
  expect(await endLeftover(file)).toBe(false);
  expect(isAlive(sleeper)).toBe(true);

  writePidFile(file, sleeper);
  expect(await endLeftover(file)).toBe(true);
  expect(isAlive(sleeper)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test('a process is told from another by its start time, and a zombie is no process', async () => {
  expect(identityOf(process.pid)?.pid).toBe(process.pid);
  expect(identityOf(2 ** 22 + 1)).toBeNull();
  expect(await waitForExit({ pid: process.pid, startTime: '1' }, 0)).toBe(true);
});

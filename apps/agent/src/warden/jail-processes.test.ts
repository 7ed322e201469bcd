import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { inert, readProcess } from './jail-processes.ts';

it('reads a process, and says null of one that is there no more', async () => {
  const child = spawn('sh', ['-c', 'sleep 60 # \u001b[31m\u202e'], { stdio: 'ignore' });
  try {
    await once(child, 'spawn');
    const seen = () => readProcess(child.pid ?? 0, process.getuid?.() ?? 0);
    await expect.poll(() => seen()?.command, { timeout: 5_000 }).toBe('sh -c sleep 60 # \ufffd[31m\ufffd');
    expect(seen()).toMatchObject({ parent: process.pid, uid: 0, name: 'sh', threads: 1 });
    expect(seen()?.startTime).toBeGreaterThan(readProcess(process.pid, null)?.startTime ?? 0);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  expect(readProcess(child.pid ?? 0, 0)).toBeNull();
});

it('leaves letters of any language as they are', () => {
  expect(inert('naïve 日本 é — ok')).toBe('naïve 日本 é — ok');
  expect(inert('a\nb\u0007\u2066c')).toBe('a\ufffdb\ufffd\ufffdc');
});

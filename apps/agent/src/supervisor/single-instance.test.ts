import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from './process-identity.ts';
import { claimPidFile } from './single-instance.ts';
import { processOfPidFile, writePidFile } from './supervised-process.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-claim-'));
  file = path.join(directory, 'supervisor.pid');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the first has it, with no draft left beside', async () => {
  expect(await claimPidFile(file)).toBeNull();
  expect(processOfPidFile(file)?.pid).toBe(process.pid);
  expect(readdirSync(directory)).toEqual(['supervisor.pid']);
});

test('a living one keeps it', async () => {
  const child = spawn('sleep', ['1000']);
  try {
    const other = identityOf(child.pid ?? 0);
    if (!other) throw new Error('sleep did not start');
    writePidFile(file, other);
    expect(await claimPidFile(file)).toEqual(other);
    expect(processOfPidFile(file)).toEqual(other);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a dead one loses it', async () => {
  writeFileSync(file, `${process.pid} 1\n`); // our pid, another start: somebody before us
  expect(await claimPidFile(file)).toBeNull();
  expect(processOfPidFile(file)).toEqual(identityOf(process.pid));
});

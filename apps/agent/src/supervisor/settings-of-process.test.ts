import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { argumentsOf, type Settings } from './settings.ts';
import { settingsOfProcess } from './settings-of-process.ts';

test('what a supervisor was started with is read from its process, a database of another too', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-settings-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const program = path.join(directory, 'supervisor.mjs');
  writeFileSync(program, "console.log('up'); setInterval(() => undefined, 1000);");
  const settings: Settings = {
    data: '/srv/second data',
    port: 7421,
    listen: '0.0.0.0',
    url: 'https://c.example',
    cert: '/etc/c.pem',
    key: '/etc/k.pem',
    noAgent: true,
    databaseUrl: 'postgresql://u:p=w@db/c',
  };
  const child = spawn(process.execPath, [program, ...argumentsOf(settings)], {
    env: { DATABASE_URL: settings.databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(settingsOfProcess(child.pid ?? 0)).toEqual(settings);
});

test('a process that is no supervisor, or none at all, has no settings', () => {
  expect(settingsOfProcess(process.pid)).toBeNull();
  expect(settingsOfProcess(2 ** 30)).toBeNull();
});

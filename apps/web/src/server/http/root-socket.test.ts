import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { listenOnRootSocket } from './root-socket.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-root-'));
const file = path.join(directory, 'web/root.sock');
const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(path.join(directory, 'web'), { recursive: true, force: true });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const listen = async () => {
  const server = await listenOnRootSocket(file, (_, response) => response.end('root'));
  servers.push(server);
};
const ask = () =>
  new Promise<string>((resolve, reject) => {
    const request = http.get({ socketPath: file, path: '/', agent: false }, (response) => {
      response.on('data', (text) => resolve(String(text)));
    });
    request.on('error', reject);
  });

it('is in a directory that nobody else enters, also when that was open before', async () => {
  mkdirSync(path.dirname(file), { mode: 0o755 });
  await listen();
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(await ask()).toBe('root');
});

it('takes the place of a dashboard that was killed', async () => {
  mkdirSync(path.dirname(file));
  const killed = spawnSync(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(killed.signal).toBe('SIGKILL');
  expect(statSync(file).isSocket()).toBe(true);
  await listen();
  expect(await ask()).toBe('root');
});

it('refuses to take it from one that answers', async () => {
  await listen();
  await expect(listenOnRootSocket(file, () => undefined)).rejects.toThrow('another dashboard answers');
  expect(await ask()).toBe('root');
});

import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

/**
 * Listens on root's socket. Its directory is ours and closed (0700), so that only root and the dashboard
 * itself get there; a socket that nobody answers on is left of a dashboard that was killed.
 */
export async function listenOnRootSocket(file: string, handler: http.RequestListener): Promise<http.Server> {
  const directory = path.dirname(file);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  if (await answers(file)) throw new Error(`another dashboard answers on ${file}: stop that one first`);
  rmSync(file, { force: true });
  const server = http.createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  return server;
}

function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(file);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

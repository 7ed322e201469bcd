import { readFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { AppError } from '@cellblock/shared/app-error';
import { holderOfPort } from './listening-sockets.ts';

/** Refuses a port that cannot be had, with who holds it. `ours`: processes that the start ends first. */
export async function checkPort(port: number, listen: string, ours: number[]): Promise<void> {
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  if (port < first) {
    throw new AppError('invalid', `Port ${port} is only for root.`, {
      field: 'port',
      cause: `The dashboard does not run as root, and ports below ${first} are root's.`,
      fix: `Put a proxy before it, or: sysctl -w net.ipv4.ip_unprivileged_port_start=${port}`,
    });
  }
  const code = await tryToListen(port, listen);
  if (code === null) return;
  if (code === 'EADDRNOTAVAIL') {
    throw new AppError('invalid', `This machine does not have the address ${listen}.`, {
      field: 'listen',
      cause: `None of its links has it; it has ${ownAddresses().join(', ')}.`,
      fix: `Take one of them, or all of them: cellblock up --listen 0.0.0.0 --url https://NAME:${port}`,
    });
  }
  const holder = holderOfPort(port);
  if (holder && ours.includes(holder.pid)) return;
  throw new AppError('conflict', `Port ${port} is in use.`, {
    field: 'port',
    cause: holder
      ? `Process ${holder.pid} listens on it: ${holder.program}`
      : `Another process listens on it (${code}).`,
    fix: `Stop it, or take another port: cellblock up --port ${port + 1}`,
  });
}

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((link) => (link ?? []).map(({ address }) => address));

function tryToListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

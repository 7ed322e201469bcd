import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { isLoopback } from './source-address.ts';

const TLS_HANDSHAKE = 0x16;
const FIRST_BYTE_MS = 10_000;

export interface Listener {
  /** plain and TLS alike: add `request` and `upgrade` handlers to both */
  servers: { plain: http.Server; tls: https.Server | null };
  listen(port: number, address: string): Promise<{ port: number }>;
  close(): Promise<void>;
}

/** One port. The first byte tells TLS from plain, and plain is answered on loopback only. */
export function makeListener(tls: https.ServerOptions | null): Listener {
  // Streams stay open; a slow header or body does not.
  const limits = { headersTimeout: 15_000, requestTimeout: 60_000, maxHeaderSize: 32 * 1024 };
  const plain = http.createServer(limits);
  const secure = tls === null ? null : https.createServer({ ...limits, minVersion: 'TLSv1.2', ...tls });
  const sockets = new Set<net.Socket>();
  const port = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.once('data', (first) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(first);
      const server = first[0] === TLS_HANDSHAKE ? secure : plain;
      if (server === null) return void socket.destroy();
      if (server === plain && !(isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress))) {
        return refusePlain(socket);
      }
      server.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  return {
    servers: { plain, tls: secure },
    listen: (number, address) =>
      new Promise((resolve, reject) => {
        port.once('error', reject);
        port.listen(number, address, () => {
          port.off('error', reject);
          resolve({ port: (port.address() as net.AddressInfo).port });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        port.close(() => resolve());
      }),
  };
}

function refusePlain(socket: net.Socket): void {
  const text = 'Plain HTTP is answered on this machine only: use https:// and the same port.\n';
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

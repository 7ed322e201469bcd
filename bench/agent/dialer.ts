import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DIALER_FLAGS } from '@cellblock/agent/supervisor/node-flags';
import { WebSocketServer } from 'ws';
import type { AgentHost } from './agent-host.ts';

/** The agent's other half, connected to something that accepts and says nothing. */
export class Dialer {
  private readonly child: ChildProcess;
  private readonly server: http.Server;

  private constructor(child: ChildProcess, server: http.Server) {
    this.child = child;
    this.server = server;
  }

  static async start(host: AgentHost, main: string): Promise<Dialer> {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server });
    const connected = once(sockets, 'connection');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // The warden tells it where to dial.
    await writeFile(
      host.stand.paths.host,
      JSON.stringify({ dashboardUrl: `http://127.0.0.1:${port}`, token: host.stand.testDashboard.token }),
    );
    const child = spawn(process.execPath, [...DIALER_FLAGS, main], {
      env: { ...process.env, CELLBLOCK_DATA: host.stand.directory },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    await Promise.race([
      connected,
      pause(20_000).then(() => Promise.reject(new Error('the dialer did not connect'))),
    ]);
    return new Dialer(child, server);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    this.server.closeAllConnections();
    this.server.close();
  }
}

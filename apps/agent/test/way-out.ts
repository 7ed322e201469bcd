import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';

const PORT = 3128;
/** Inside the stand's network: hands every connection to the proxy's socket, which no network namespace keeps out. */
const INSIDE = `
const net = require('node:net');
net.createServer((near) => {
  const far = net.connect(process.argv[1]);
  near.pipe(far).pipe(near);
  for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy(); });
}).listen(${PORT}, '127.0.0.1', () => console.log('listening'));`;

/** A proxy by which a stand reaches the archives that this machine reaches, and by HTTP alone. */
export class WayOut {
  static readonly url = `http://127.0.0.1:${PORT}`;
  private readonly server: http.Server;
  private inside: ChildProcess | null = null;
  private readonly socket: string;

  constructor(directory: string) {
    this.socket = join(directory, 'way-out.sock');
    this.server = http.createServer((asked, answer) => {
      const onward = http.request(
        asked.url ?? '',
        { method: asked.method, headers: asked.headers },
        (found) => {
          answer.writeHead(found.statusCode ?? 502, found.headers);
          found.pipe(answer);
        },
      );
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
  }

  async open(netns: string): Promise<void> {
    this.server.listen(this.socket);
    await once(this.server, 'listening');
    this.inside = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', INSIDE, this.socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(this.inside.stdout as NodeJS.ReadableStream, 'data');
  }

  async close(): Promise<void> {
    this.inside?.kill('SIGKILL');
    this.server.closeAllConnections();
    this.server.close();
  }
}

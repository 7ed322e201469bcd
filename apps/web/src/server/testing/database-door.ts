import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A way to the database that a test can shut: what the dashboard sees when PostgreSQL is killed. */
export class DatabaseDoor {
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'cellblock-door-'));
  readonly #through = new Set<net.Socket>();
  readonly #target: string;
  #server: net.Server | null = null;
  /** to be used in place of the database's own */
  readonly url: string;

  constructor(databaseUrl: string) {
    const url = new URL(databaseUrl);
    this.#target = path.join(url.searchParams.get('host') ?? '', `.s.PGSQL.${url.port || '5432'}`);
    url.searchParams.set('host', this.#directory);
    this.url = url.toString();
  }

  async open(): Promise<void> {
    const server = net.createServer((near) => {
      const far = net.connect(this.#target);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#through.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#through.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(path.join(this.#directory, '.s.PGSQL.5432'), resolve));
    this.#server = server;
  }

  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#through) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.shut();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

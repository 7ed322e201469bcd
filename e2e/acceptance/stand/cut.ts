import net from 'node:net';

/** A way to the dashboard that can be cut like a cable: what is under way stays open and says nothing. */
export class Cut {
  readonly #sockets = new Set<net.Socket>();
  #server: net.Server | null = null;
  #cut = false;
  port = 0;

  async open(target: number): Promise<this> {
    const server = net.createServer((near) => {
      const far = net.connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('data', (piece) => {
          // As with DROP: neither end hears of it, and nothing is kept for later.
          if (!this.#cut) other.write(piece);
        });
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.port = (server.address() as net.AddressInfo).port;
    this.#server = server;
    return this;
  }

  cut(): void {
    this.#cut = true;
  }

  /** What was under way is lost for good; new connections get through. */
  mend(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

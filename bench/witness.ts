import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const WITNESS = join(import.meta.dirname, 'build/witness');

/** Sees from outside when the agent has done something: milliseconds since 1970, with fractions. */
export class Witness {
  private readonly child: ChildProcess;
  private readonly seen: { what: string; of: string; at: number }[] = [];
  private wake: () => void = () => undefined;
  private rest = '';

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** `netns`: whose addresses; `here`: the network namespace whose neighbours are told. */
  static async start(o: { netns: string | null; here: string; files: string[] }): Promise<Witness> {
    const argv = [`--net=${o.here}`, WITNESS, o.netns ?? '-', ...o.files];
    const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const witness = new Witness(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the witness ended')));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        witness.hear(text);
        resolve();
      });
    });
    return witness;
  }

  private hear(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const [what = '', of = '', at] = line.split(' ');
      if (at !== undefined) this.seen.push({ what, of, at: Number(BigInt(at) / 1000n) / 1000 });
    }
    this.wake();
  }

  /** Forgets what was seen so far. */
  clear(): void {
    this.seen.length = 0;
  }

  /** When the first of these was seen since `clear`; waits for it. */
  async first(what: RegExp, of: string, ms = 20_000): Promise<number> {
    const end = Date.now() + ms;
    for (;;) {
      const found = this.seen.find((event) => what.test(event.what) && event.of === of);
      if (found) return found.at;
      if (Date.now() > end) throw new Error(`nobody saw ${what.source} of ${of}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process of the site that is started again as soon as it has ended, as the supervisor does. */
export class SitePart {
  private readonly argv: string[];
  private readonly env: Record<string, string>;
  private child: ChildProcess | null = null;
  private stopping = false;
  log = '';

  constructor(netns: string, argv: string[], env: Record<string, string>) {
    this.argv = [`--net=${netns}`, process.execPath, ...argv];
    this.env = env;
  }

  start(): void {
    if (this.stopping) return;
    const child = spawn('nsenter', this.argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', NODE_ENV: 'production', ...this.env },
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.log = (this.log + text).slice(-20_000);
      });
    child.once('exit', () => this.start());
  }

  /** Stopped by a signal: it has come to the point where it waits for us. */
  get stopped(): boolean {
    const stat = readFileSync(`/proc/${this.child?.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

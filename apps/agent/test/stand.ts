import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import type { SpecObject } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import { netnsPath } from '@cellblock/shared/owned-names';
import type { TRPCClient } from '@trpc/client';
import { localClient } from '../src/local-client.ts';
import { loadAgentKey } from '../src/warden/agent-key.ts';
import type { AgentRouter } from '../src/warden/api/router.ts';
import { wardenPaths } from '../src/warden/paths.ts';
import { TestDashboard } from './test-dashboard.ts';

const run = promisify(execFile);
export const WARDEN_MAIN = join(import.meta.dirname, '../src/warden/main.ts');

export interface WardenProgram {
  main: string;
  env: Record<string, string>;
  /** for Node itself */
  flags?: readonly string[];
}

/** A "host" in a network namespace of its own, with a warden that acts on nothing else's network. */
export class Stand {
  readonly directory: string;
  readonly netns: string;
  /** the namespace is another stand's */
  private readonly guest: boolean;
  /** the mount namespace of the warden, in which alone is what it mounts; null: the machine's */
  private readonly mounts: string | null;
  /** what is started as the warden, and with which environment */
  private readonly program: WardenProgram;
  readonly kernel = createLinuxKernel();
  instance = '';
  private warden: ChildProcess | null = null;
  private log = '';
  readonly testDashboard = new TestDashboard();
  private connected: TRPCClient<AgentRouter> | null = null;

  private constructor(
    directory: string,
    o: { netns: string | undefined; mounts: string | undefined; program: WardenProgram },
  ) {
    const { netns, mounts, program } = o;
    this.directory = directory;
    this.program = program;
    this.mounts = mounts ?? null;
    this.guest = netns !== undefined;
    this.netns = netns ?? `/run/cellblock-stand-${directory.slice(-6)}/host`;
  }

  static async open(
    o: { bounds?: string; netns?: string; mounts?: string; program?: WardenProgram } = {},
  ): Promise<Stand> {
    const directory = await mkdtemp(join(tmpdir(), 'cellblock-stand-'));
    const { netns, mounts, program = { main: WARDEN_MAIN, env: {} } } = o;
    const stand = new Stand(directory, { netns, mounts, program });
    if (!stand.guest) await stand.kernel.createNetns({ path: stand.netns });
    stand.instance = (await loadAgentKey(stand.directory)).instance;
    if (o.bounds !== undefined) {
      await mkdir(stand.paths.bounds, { recursive: true });
      await writeFile(join(stand.paths.bounds, '20-test.yaml'), o.bounds, { mode: 0o644 });
    }
    await writeFile(
      stand.paths.host,
      JSON.stringify({ dashboardUrl: 'http://localhost:1', token: stand.testDashboard.token }),
    );
    return stand;
  }

  get paths() {
    return wardenPaths(this.directory);
  }

  /** Puts a whole spec as the dashboard does. */
  async accept(objects: SpecObject[]): Promise<void> {
    const agent = await this.dashboard();
    const answer = await this.testDashboard.put(agent, objects);
    if (answer.result !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  }

  /** The warden's process, which `nsenter` became; 0 when it does not run. */
  get pid(): number {
    return this.warden?.pid ?? 0;
  }

  /** The connection of a dashboard that has admitted this host. */
  async dashboard(): Promise<TRPCClient<AgentRouter>> {
    this.connected ??= await this.testDashboard.connect(this.paths.dialerSocket);
    return this.connected;
  }

  /** The dashboard goes; the next question connects anew. */
  hangUp(): void {
    this.testDashboard.close();
    this.connected = null;
  }

  /** Where the warden runs, as `nsenter` takes it. */
  private get namespaces(): string[] {
    return [...(this.mounts === null ? [] : [`--mount=${this.mounts}`]), `--net=${this.netns}`];
  }

  async start(): Promise<void> {
    const child = spawn(
      'nsenter',
      [
        ...this.namespaces,
        process.execPath,
        ...(this.program.flags ?? []),
        this.program.main,
        '--data',
        this.directory,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...this.program.env } },
    );
    this.warden = child;
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        if (text.includes('is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`the warden ended:\n${this.log}`)));
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.warden;
    this.warden = null;
    this.hangUp();
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** It was killed by somebody else: resolves when that is over. */
  async killed(): Promise<void> {
    const child = this.warden;
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
    await this.stop();
  }

  get wardenLog(): string {
    return this.log;
  }

  async ask<T>(question: (agent: ReturnType<typeof localClient>['agent']) => Promise<T>): Promise<T> {
    const { agent, close } = localClient(this.paths.localSocket);
    try {
      return await question(agent);
    } finally {
      await close();
    }
  }

  status(): Promise<HostStatus> {
    return this.ask((agent) => agent.status.get.query());
  }

  /** Waits until the status is as wanted; fails with what the host says stands in the way. */
  async until(what: string, wanted: (status: HostStatus) => boolean, ms = 15_000): Promise<HostStatus> {
    const end = Date.now() + ms;
    for (;;) {
      const began = performance.now();
      const asked = new Promise<null>((resolve) => setTimeout(resolve, ms + 1_000, null).unref());
      const status = await Promise.race([this.status(), asked]);
      if (status === null) throw new Error(`${what}: the warden does not answer\n${this.log}`);
      if (wanted(status)) return status;
      if (Date.now() > end) {
        const { problems, refused, jails, addresses, accepted, converged } = status;
        const receipts = await this.ask((agent) =>
          agent.receipts.after.query({ seq: Math.max(0, status.receipts - 20), limit: 20 }),
        );
        const done = receipts.map(({ body }) => `${body.seq} ${body.at} ${body.result} ${body.text}`);
        throw new Error(
          `${what}: ${JSON.stringify({ accepted, converged, problems, refused, jails, addresses, done }, null, 1)}\n${this.log}`,
        );
      }
      // A report of a thousand jails takes its time: whoever asks all the time is all that the warden does.
      const took = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(50, 4 * took), 1_000)));
    }
  }

  /** A program in a jail's network namespace, or in the host's. */
  async inside(jailKey: string | null, command: string, ...args: string[]): Promise<string> {
    const netns = jailKey === null ? this.netns : netnsPath(this.instance, jailKey);
    return (await run('nsenter', [`--net=${netns}`, command, ...args])).stdout;
  }

  /** A program on a machine that has nothing of ours, when a test has made one. */
  async outside(command: string, ...args: string[]): Promise<string> {
    return (await run('nsenter', [`--net=${this.netns}-outside`, command, ...args])).stdout;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.purge().catch((error) => console.error('purge failed:', error));
    if (!this.guest) {
      await this.kernel.removeNetns({ path: this.netns }).catch(() => undefined);
      await rm(this.netns.replace(/\/host$/, ''), { recursive: true, force: true });
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async purge(): Promise<string[]> {
    const script = `import { purge } from ${JSON.stringify(join(import.meta.dirname, '../src/warden/purge.ts'))};
      console.log(JSON.stringify(await purge({ dataDirectory: ${JSON.stringify(this.directory)} })));`;
    const { stdout } = await run('nsenter', [
      ...this.namespaces,
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ]);
    return JSON.parse(stdout) as string[];
  }
}

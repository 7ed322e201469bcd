import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SpecPut, SpecPutAnswer } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import { netnsPath } from '@cellblock/shared/owned-names';
import { loadAgentKey } from '../../agent-key.ts';
import type { ChildAnswers } from '../../obey-parent.ts';
import { purge } from '../../purge.ts';
import type { Stage } from '../../stage/stage.ts';
import { doomedDirectory } from '../../stage/sweep-stage.ts';
import { NotTried } from '../row.ts';

const READY_MS = 40_000;
const MOST_LOG = 4_000;

/** The program that this agent is itself: of the installed build, or of the clone. */
export function wardenProgram(): string {
  const installed = join(import.meta.dirname, 'warden.mjs');
  return existsSync(installed) ? installed : join(import.meta.dirname, '../../main.ts');
}

/**
 * A second agent on this host, the same program with a data directory, an instance and a network of its own, which
 * lie on the stage: it is there to be killed. Its parent says what its host should be.
 */
export class DoomedAgent {
  readonly instance: string;
  readonly directory: string;
  /** its host's network, in which alone are its bridges */
  readonly netns: string;
  private readonly stage: Stage;
  private readonly key: string;
  private readonly program: string;
  private child: ChildProcess | null = null;
  private log = '';
  private asked = 0;

  private constructor(o: {
    stage: Stage;
    directory: string;
    instance: string;
    key: string;
    program: string;
  }) {
    this.stage = o.stage;
    this.directory = o.directory;
    this.instance = o.instance;
    this.key = o.key;
    this.program = o.program;
    this.netns = netnsPath(o.stage.host.instance, o.key);
  }

  static async open(stage: Stage, program = wardenProgram()): Promise<DoomedAgent> {
    const directory = doomedDirectory(stage.host.paths);
    const { instance } = await loadAgentKey(directory);
    const agent = new DoomedAgent({ stage, directory, instance, key: stage.key(), program });
    await stage.host.kernel.createNetns({ path: agent.netns });
    return agent;
  }

  async start(): Promise<void> {
    const { ids } = this.stage.host.paths;
    const command = [process.execPath, this.program, '--data', this.directory, '--ids', ids];
    const child = spawn('nsenter', [`--net=${this.netns}`, ...command], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...this.stage.environment },
    });
    this.child = child;
    const ended = once(child, 'exit').then(() => {
      throw new NotTried(`the agent that is to be killed ended by itself: ${this.log}`);
    });
    ended.catch(() => undefined);
    const ready = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new NotTried(`it did not start: ${this.log}`)), READY_MS);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.log = `${this.log}${text}`.slice(-MOST_LOG);
        if (text.includes('is ready')) resolve(clearTimeout(late));
      });
      this.stage.signal.addEventListener('abort', () => reject(this.stage.signal.reason), { once: true });
    });
    await Promise.race([ready, ended]);
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** False: it was killed before it could answer. */
  async put(put: SpecPut): Promise<boolean> {
    const answer = await this.ask<SpecPutAnswer>(put);
    if (answer !== null && answer.result !== 'accepted') throw new NotTried(JSON.stringify(answer));
    return answer !== null;
  }

  async status(): Promise<HostStatus> {
    const status = await this.ask<HostStatus>(null);
    if (status === null) throw new NotTried(`it was asked, and ended: ${this.log}`);
    return status;
  }

  /** null: it ended first. */
  private async ask<T>(put: SpecPut | null): Promise<T | null> {
    const { child } = this;
    if (!child?.connected) return null;
    this.asked += 1;
    const n = this.asked;
    return await new Promise<T | null>((resolve, reject) => {
      const ended = () => settle(() => resolve(null));
      const hear = (said: ChildAnswers) => {
        if (said.n !== n) return;
        settle(() => ('error' in said ? reject(new NotTried(said.error)) : resolve(said.answer as T)));
      };
      const settle = (end: () => void) => {
        child.off('message', hear);
        child.off('exit', ended);
        end();
      };
      child.on('message', hear);
      child.once('exit', ended);
      child.send({ n, put }, (error) => error && ended());
    });
  }

  /** It and everything of its instance goes. */
  async close(): Promise<void> {
    await this.kill();
    await purge({ dataDirectory: this.directory, idRegistry: this.stage.host.paths.ids });
    await this.stage.drop(this.key);
  }
}

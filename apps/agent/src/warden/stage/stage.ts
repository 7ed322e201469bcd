import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { cgroupParent, netnsDirectory } from '@cellblock/shared/owned-names';
import { makePrivateDirectory } from '../durable-file.ts';
import { programsDirectory } from '../programs-directory.ts';
import { takeAway } from '../throw-away/take-away.ts';
import type { WardenHost } from '../warden-host.ts';
import { outside } from './outside.ts';
import { type Ended, StageJail, type StageSettings } from './stage-jail.ts';
import { STAGE_KEYS } from './stage-key.ts';
import { stageDirectory, sweepStage } from './sweep-stage.ts';

/** Every process that is started for a stage carries this name with the stage's nonce as its value. */
export const STAGE_MARK = 'CELLBLOCK_STAGE';

/** Where each jail on the stage finds them, read only. */
export const PROGRAMS = '/programs';

const OUTSIDE_MS = 20_000;

/**
 * A place for throw-away jails of the agent's own: made by the same steps as any jail, claimed from the same
 * ranges of ids, named by no spec and seen by no plan. One at a time on a host. `close` takes all of it away,
 * and so does the next start of the agent when this one is killed.
 */
export class Stage {
  readonly host: WardenHost;
  /** aborted: whoever asked has gone, or the time is over */
  readonly signal: AbortSignal;
  /** what keeps the machine busy for minutes is allowed here */
  readonly lab: boolean;
  /** in every name and environment, so that whatever were left could be found */
  readonly nonce = randomBytes(6).toString('hex');
  /** what is shown to jails lies below, 0700 above */
  readonly directory: string;
  private readonly made = new Map<string, Promise<unknown>>();
  private readonly starting = new Set<Promise<unknown>>();
  private readonly keys = new Set<string>(STAGE_KEYS);
  /** directories that the first jail of a host makes, and that were not there before */
  private readonly freshParents: readonly string[];

  private constructor(o: {
    host: WardenHost;
    signal: AbortSignal;
    lab: boolean;
    freshParents: readonly string[];
  }) {
    const { host, freshParents } = o;
    this.host = host;
    this.signal = o.signal;
    this.lab = o.lab;
    this.directory = stageDirectory(host.paths);
    this.freshParents = freshParents;
  }

  static async open(host: WardenHost, signal: AbortSignal, lab = false): Promise<Stage> {
    await sweepStage(host);
    const netns = netnsDirectory(host.instance);
    const freshParents = [netns, dirname(netns)].filter((path) => !existsSync(path));
    const stage = new Stage({ host, signal, lab, freshParents });
    await makePrivateDirectory(host.paths.agent);
    await makePrivateDirectory(stage.directory);
    await mkdir(stage.programs);
    await stage.bringProbe();
    return stage;
  }

  /** A fresh jail; `daemon` on the host's own /usr unless the settings say otherwise. */
  async jail(settings: Partial<StageSettings> = {}): Promise<StageJail> {
    this.signal.throwIfAborted();
    const key = this.key();
    const start = StageJail.start(this.host, {
      key,
      settings: {
        root: { kind: 'host-usr', ephemeral: false },
        ...settings,
        view: [...(settings.view ?? []), bind(this.programs, PROGRAMS)],
      },
      environment: this.environment,
    });
    this.starting.add(start);
    try {
      return await start;
    } finally {
      this.starting.delete(start);
    }
  }

  /** A free key, for a row that starts a jail in its own way; `drop` gives it back. */
  key(): string {
    const [key] = this.keys;
    if (key === undefined) throw full();
    this.keys.delete(key);
    return key;
  }

  /** Takes one jail away. */
  async drop(key: string): Promise<void> {
    await takeAway(this.host, key);
    this.keys.add(key);
  }

  /** What several rows use, made when the first of them asks. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    let made = this.made.get(name) as Promise<T> | undefined;
    if (!made) {
      made = make();
      this.made.set(name, made);
    }
    return made;
  }

  /** An empty directory of the host that jails may be shown. */
  async source(name: string, mode = 0o755): Promise<string> {
    const path = join(this.directory, `${name}-${this.nonce}`);
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
    return path;
  }

  /** Runs a command on the host itself: for controls, which show what is missing there. */
  outside(
    command: readonly string[],
    o: { timeoutMs?: number; input?: string; signal?: AbortSignal } = {},
  ): Promise<Ended> {
    const signal = o.signal ? AbortSignal.any([this.signal, o.signal]) : this.signal;
    return outside(command, {
      environment: this.environment,
      timeoutMs: OUTSIDE_MS,
      ...o,
      signal,
    });
  }

  /** A shell script on the host, in a mount namespace of its own that dies with it. */
  apart(script: string, o: { timeoutMs?: number; flags?: readonly string[] } = {}): Promise<Ended> {
    const { flags = [], ...rest } = o;
    return this.outside(
      ['unshare', '--mount', '--propagation', 'private', ...flags, '/bin/sh', '-c', script],
      rest,
    );
  }

  /** The program of probes, on the host; jails see it in /programs. */
  async probe(): Promise<string> {
    return this.probePath;
  }

  get probePath(): string {
    return join(this.programs, 'probe');
  }

  private async bringProbe(): Promise<void> {
    try {
      await copyFile(join(programsDirectory(), 'probe'), this.probePath);
    } catch (error) {
      throw new AppError('conflict', 'The program of probes is not on this host.', {
        cause: error instanceof Error ? error.message : String(error),
        fix: 'Install the agent anew: cellblock host enroll prints the line',
      });
    }
  }

  get programs(): string {
    return join(this.directory, 'programs');
  }

  get environment(): Record<string, string> {
    return { [STAGE_MARK]: this.nonce };
  }

  /** Everything of it goes, also what is being made this moment. */
  async close(): Promise<void> {
    await Promise.allSettled(this.starting);
    await sweepStage(this.host);
    await this.removeParents();
  }

  /** What the first jail of a host makes goes with it, unless a jail has come meanwhile. */
  private async removeParents(): Promise<void> {
    const { kernel, instance } = this.host;
    for (const path of this.freshParents) await rmdir(path).catch(() => undefined);
    const parent = cgroupParent(instance);
    if (this.freshParents.length > 0 && (await kernel.listCgroups({ parent })).length === 0)
      await kernel.removeCgroup({ name: parent }).catch(() => undefined);
  }
}

type View = NonNullable<StageSettings['view']>[number];

/** A directory of the host in a view; not idmapped, so that it works on every file system. */
export function bind(
  source: string,
  target: string,
  more: Partial<Extract<View, { kind: 'bind' }>> = {},
): View {
  return { kind: 'bind', source, target, readOnly: true, idmapped: false, ...more };
}

function full(): AppError {
  return new AppError('conflict', 'No further throw-away jail can be made now.', {
    cause: `${STAGE_KEYS.length} are there at once, as many as there are keys for them.`,
    fix: 'Run fewer rows at once: cellblock answers --mail M',
  });
}

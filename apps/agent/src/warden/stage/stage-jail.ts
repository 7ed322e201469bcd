import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostSpec, type JailSpec } from '@cellblock/shared/host-spec';
import { type JailLimits, NO_LIMITS } from '@cellblock/shared/jail-limits';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { NETNS_SETTINGS } from '@cellblock/shared/plan/settings';
import type * as z from 'zod';
import {
  claimIds,
  closeDevices,
  createCgroup,
  createNetns,
  limitCgroup,
  makeStorage,
  setNetns,
} from '../apply/jail-steps.ts';
import { startProcess } from '../apply/process-steps.ts';
import { jailPaths } from '../paths.ts';
import { DEFAULT_ENVIRONMENT } from '../tree-spec.ts';
import type { WardenHost } from '../warden-host.ts';
import { stageDirectory } from './sweep-stage.ts';

export type StageSettings = Omit<z.input<typeof JailSettings>, 'hostname'>;

export interface Ended {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: number | null;
}

const EXEC_MS = 20_000;
const MOST_OUTPUT = 1024 * 1024;

/**
 * Bounds say what a dashboard may ask for; here nobody asks. What jails on the stage are shown is the stage's own,
 * which lies below the data directory, and programs of the host.
 */
function whatTheStageShows(host: WardenHost): Pick<WardenHost, 'paths' | 'mayShow'> {
  const viewPrefixes = [
    { path: stageDirectory(host.paths), writable: true, idmapped: true },
    { path: '/usr', writable: false, idmapped: false },
    { path: dirname(process.execPath), writable: false, idmapped: false },
  ];
  return {
    paths: { ...host.paths, data: host.paths.jails },
    mayShow: () => ({ viewPrefixes, devices: [] }),
  };
}

/** A throw-away jail: made by the same steps as any other, named by no spec. */
export class StageJail {
  readonly key: string;
  readonly spec: JailSpec;
  readonly idBase: number;
  readonly pid: number;
  /** how long its start took, from the first step to its first process */
  readonly startMs: number;
  private readonly host: WardenHost;
  private readonly environment: Record<string, string>;

  private constructor(o: {
    host: WardenHost;
    spec: JailSpec;
    idBase: number;
    pid: number;
    startMs: number;
    environment: Record<string, string>;
  }) {
    this.key = o.spec.key;
    this.host = o.host;
    this.spec = o.spec;
    this.idBase = o.idBase;
    this.pid = o.pid;
    this.startMs = o.startMs;
    this.environment = o.environment;
  }

  /** Fails as a start does; what was made until then is taken away by its key. */
  static async start(
    host: WardenHost,
    o: { key: string; settings: StageSettings; environment: Record<string, string> },
  ): Promise<StageJail> {
    const id = randomUUID();
    const spec: JailSpec = {
      kind: 'jail',
      id,
      key: o.key,
      name: o.key,
      cause: id,
      wanted: 'running',
      purge: true,
      startNumber: 1,
      settings: JailSettings.parse({
        restart: 'no',
        boot: false,
        ...o.settings,
        environment: { ...o.settings.environment, ...o.environment },
        hostname: o.key,
      }),
      interfaces: [],
    };
    const alone: WardenHost = { ...host, ...whatTheStageShows(host), spec: () => hostSpec(1, [spec]) };
    const about = { object: `jail/${id}`, cause: null, jail: o.key, name: o.key };
    const began = performance.now();
    await claimIds(alone, { kind: 'ids.claim', ...about });
    await makeStorage(alone, { kind: 'storage.create', ...about });
    await createCgroup(alone, { kind: 'cgroup.create', ...about });
    const { limits, devices } = spec.settings;
    await limitCgroup(alone, { kind: 'cgroup.limits', ...about, limits });
    await closeDevices(alone, { kind: 'cgroup.devices', ...about, devices });
    await createNetns(alone, { kind: 'netns.create', ...about });
    for (const [key, value] of Object.entries(NETNS_SETTINGS))
      await setNetns(alone, { kind: 'netns.setting', ...about, key, value });
    const started = await startProcess(alone, {
      kind: 'process.start',
      ...about,
      startNumber: 1,
      reason: 'wanted',
    });
    const { pid, idBase } = started.after as { pid: number; idBase: number };
    const startMs = performance.now() - began;
    return new StageJail({ host, spec, idBase, pid, startMs, environment: o.environment });
  }

  get netns(): string {
    return netnsPath(this.host.instance, this.key);
  }

  get cgroup(): string {
    return cgroupName(this.host.instance, this.key);
  }

  get paths() {
    return jailPaths(this.host.paths, this.key);
  }

  /** These limits hold from now on and no others, while it runs. */
  async limit(limits: Partial<JailLimits>): Promise<void> {
    const about = { object: `jail/${this.spec.id}`, cause: null, jail: this.key, name: this.key };
    await limitCgroup(this.host, { kind: 'cgroup.limits', ...about, limits: { ...NO_LIMITS, ...limits } });
  }

  /** Runs a command inside, as `cellblock exec` does. It is ended after `timeoutMs`. */
  async exec(
    command: string[],
    o: { uid?: number; environment?: Record<string, string>; timeoutMs?: number; input?: string } = {},
  ): Promise<Ended> {
    const uid = o.uid ?? 0;
    const session = await this.host.trees.exec({
      runDirectory: this.paths.run,
      command,
      environment: { ...DEFAULT_ENVIRONMENT, ...this.environment, ...o.environment },
      uid,
      gid: uid,
      tty: null,
      cgroupProcsFiles: await this.host.kernel.cgroupProcsFiles({ name: this.cgroup }),
    });
    const timer = setTimeout(() => session.kill(), o.timeoutMs ?? EXEC_MS);
    try {
      if (o.input !== undefined) void session.write(Buffer.from(o.input));
      session.closeInput();
      const text = { stdout: '', stderr: '' };
      for await (const { stream, data } of session.output) {
        if (text[stream].length < MOST_OUTPUT) text[stream] += Buffer.from(data).toString();
      }
      return { ...text, ...(await session.exit) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** A shell script inside. */
  sh(script: string, o: Parameters<StageJail['exec']>[1] = {}): Promise<Ended> {
    return this.exec(['/bin/sh', '-c', script], o);
  }

  /** Its mounts, as the kernel tells the host of them. */
  mountinfo(): string {
    return readFileSync(`/proc/${this.pid}/mountinfo`, 'utf8');
  }
}

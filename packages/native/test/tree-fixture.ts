import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, copyFile, mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeGroup } from '../lib/cgroup/remove-group.ts';
import { createLinuxProcessTrees } from '../lib/linux-process-trees.ts';
import type { ExecRequest, ProcessTrees, TreeSpec } from '../lib/process-tree.ts';

const packageDirectory = join(import.meta.dirname, '..');
const programs = join(packageDirectory, 'build/bin');
const probes = join(packageDirectory, 'build/probes');

/** How long the first build of all programs may take, on a machine that does other things too. */
export const BUILD_MS = 300_000;

/** Builds what is older than its sources; the mutant and the probes exist for tests only. */
export function buildPrograms(): void {
  for (const [directory, targets] of [
    ['cpp/spawn', ['all', 'mutant']],
    ['test/probes', ['all']],
  ] as const)
    execFileSync('make', ['-s', '-j2', '-C', join(packageDirectory, directory), ...targets], {
      stdio: 'inherit',
    });
}

/** What an ordinary tree may do: binds low ports, changes ids and owners of its own files, kills its own. */
export const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** What the profiles of packages/shared/src/profile.ts have spawn do. */
export const CONFINEMENTS = {
  system: { noNewPrivileges: false, chroot: true, proc: 'masked', mounts: true },
  daemon: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
  strict: { noNewPrivileges: true, chroot: false, proc: 'own', mounts: false },
} as const;

const ID_COUNT = 65_536;
/** More than a test has trees at once. */
const RANGES = 64;
/** Where spawn writes down which tree has a range. */
const REGISTRY = '/run/cellblock/ids';

/** Forgets who had these ranges, and the registry with them unless somebody else has something there. */
export async function forgetRanges(first: number, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await rm(join(REGISTRY, `${first + ID_COUNT * n}.tree`), { force: true });
  for (const directory of [REGISTRY, dirname(REGISTRY)]) await rmdir(directory).catch(() => undefined);
}

/** A throw-away place for trees: directories, a network namespace, a control group; `remove` takes all away. */
export class TreeFixture {
  readonly directory: string;
  readonly name: string;
  /** of the first of its ranges: each spec gets the next, since no two trees that run may have the same */
  readonly idBase: number;
  #specs = 0;
  readonly trees: ProcessTrees = createLinuxProcessTrees({ programs });
  /** where those are that build them */
  readonly programs = programs;
  readonly #runDirectories: string[] = [];
  #cgroup: string | null = null;
  readonly #unified = new Set<string>();
  #mutants = 0;

  private constructor(directory: string) {
    this.directory = directory;
    this.name = `tree-${directory.slice(-6)}`;
    this.idBase = ID_COUNT * (2_000 + RANGES * (process.pid % 300));
  }

  static async create(): Promise<TreeFixture> {
    buildPrograms();
    const fixture = new TreeFixture(await mkdtemp(join(tmpdir(), 'tree-')));
    execFileSync('ip', ['netns', 'add', fixture.name]);
    execFileSync('ip', ['-n', fixture.name, 'link', 'set', 'lo', 'up']);
    return fixture;
  }

  async remove(): Promise<void> {
    for (const runDirectory of this.#runDirectories)
      if (await this.trees.status({ runDirectory }))
        await this.trees.stop({ runDirectory, signal: 9, timeoutMs: 5000 });
    await forgetRanges(this.idBase, RANGES);
    execFileSync('ip', ['netns', 'del', this.name]);
    if (this.#cgroup) await rmdir(this.#cgroup);
    for (const group of this.#unified) await removeGroup(group);
    await rm(this.directory, { recursive: true, force: true });
  }

  async runDirectory(): Promise<string> {
    const path = join(this.directory, `run${this.#runDirectories.length}`);
    await mkdir(path, { mode: 0o700 });
    this.#runDirectories.push(path);
    return path;
  }

  /** A directory below the fixture's own, which nobody else can enter. */
  async storage(name: string): Promise<string> {
    const path = join(this.directory, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Whether a host's id is of one of its trees. */
  owns(id: number): boolean {
    return id >= this.idBase && id < this.idBase + ID_COUNT * RANGES;
  }

  /** A tree on the host's /usr with the probes in /probes. */
  async spec(changes: Partial<TreeSpec> = {}): Promise<TreeSpec> {
    const storage = await this.storage('probes');
    for (const probe of ['mounts', 'facts', 'calls', 'tracer', 'powers', 'own_mounts'])
      if (!existsSync(join(storage, probe))) await copyFile(join(probes, probe), join(storage, probe));
    const { mounts = [], ...others } = changes;
    return {
      runDirectory: changes.runDirectory ?? (await this.runDirectory()),
      hostname: 'inside',
      idBase: this.idBase + ID_COUNT * (this.#specs++ % RANGES),
      idCount: 65536,
      netns: `/run/netns/${this.name}`,
      cgroupProcsFiles: [],
      root: { kind: 'host-usr' },
      mounts: [{ kind: 'storage', path: storage, target: '/probes' }, ...mounts],
      command: null,
      environment: { PATH: '/usr/bin:/bin' },
      uid: 0,
      gid: 0,
      capabilities: CAPABILITIES,
      confinement: CONFINEMENTS.daemon,
      resourceLimits: {},
      devices: [],
      keeperUid: 64999,
      keeperGid: 64999,
      consoleBytes: 65536,
      ...others,
    };
  }

  /** Runs a command as the first process of a tree and answers with what it printed. */
  async run(trees: ProcessTrees, command: string[], changes: Partial<TreeSpec> = {}): Promise<string> {
    const spec = await this.spec({ ...changes, command });
    await trees.start(spec);
    await trees.wait({ runDirectory: spec.runDirectory, signal: AbortSignal.timeout(20_000) });
    return this.consoleText(spec.runDirectory);
  }

  async consoleText(runDirectory: string): Promise<string> {
    let text = '';
    for await (const { data } of this.trees.console({ runDirectory, from: 0 }))
      text += Buffer.from(data).toString();
    return text;
  }

  /** Runs a command in a tree that runs. */
  async exec(
    trees: ProcessTrees,
    runDirectory: string,
    command: string[],
    changes: Partial<ExecRequest> = {},
  ) {
    const session = await trees.exec({
      runDirectory,
      command,
      environment: { PATH: '/usr/bin:/bin' },
      uid: 0,
      gid: 0,
      tty: null,
      cgroupProcsFiles: [],
      ...changes,
    });
    session.closeInput();
    const text = { stdout: '', stderr: '' };
    for await (const { stream, data } of session.output) text[stream] += Buffer.from(data).toString();
    return { ...text, ...(await session.exit) };
  }

  /**
   * The same programs without the named protections (a comma between two). `before` is shell text that runs
   * first, `descriptors` an addition to the command line, as `9</etc/hostname`, `owner` the id that the program
   * belongs to; all of them also work with no protection left out.
   */
  async without(
    protections: string,
    more: { before?: string; descriptors?: string; owner?: number } = {},
  ): Promise<ProcessTrees> {
    return createLinuxProcessTrees({ programs: await this.programsWithout(protections, more) });
  }

  /** The directory that `without` makes its trees with. */
  async programsWithout(
    protections: string,
    { before = '', descriptors = '', owner = 0 }: Parameters<TreeFixture['without']>[1] = {},
  ): Promise<string> {
    const directory = await this.storage(`programs${this.#mutants++}`);
    await copyFile(join(programs, 'keeper'), join(directory, 'keeper'));
    const program = join(directory, 'program');
    await copyFile(join(programs, protections ? 'spawn-mutant' : 'spawn'), program);
    await chown(program, owner, owner);
    const script = `#!/bin/sh\nexport SPAWN_MUTANT=${protections}\n${before}\nexec ${program} "$@" ${descriptors}\n`;
    await writeFile(join(directory, 'spawn'), script, { mode: 0o755 });
    return directory;
  }

  /** A group of the v2 tree; null where this host has none. Its procs file is what a spec takes. */
  async unifiedGroup(name: string): Promise<string | null> {
    const tree = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) =>
      existsSync(join(path, 'cgroup.subtree_control')),
    );
    if (!tree) return null;
    const group = join(tree, `${this.name}-${name}`);
    await mkdir(group, { recursive: true });
    this.#unified.add(group);
    return group;
  }

  /** A control group of the pids controller with a limit; its procs file. */
  async pidsGroup(limit: number): Promise<string> {
    const root = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';
    this.#cgroup ??= join(root, this.name);
    if (!existsSync(this.#cgroup)) await mkdir(this.#cgroup);
    await writeFile(join(this.#cgroup, 'pids.max'), String(limit));
    return join(this.#cgroup, 'cgroup.procs');
  }
}

/** What `facts` or `calls` printed: name → the rest of its line. */
export function linesByName(text: string): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^(\S+)\s+(.*)$/.exec(line);
    if (match?.[1]) lines[match[1]] = match[2] ?? '';
  }
  return lines;
}

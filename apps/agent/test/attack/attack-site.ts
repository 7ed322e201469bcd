import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import type { ProcessTrees, TreeMount, TreeSpec } from '@cellblock/native/process-tree';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';

export const PROGRAMS = join(import.meta.dirname, '../../../../packages/native/build/bin');
/** How long the first build of the mutant may take, on a machine that does other things too. */
export const BUILD_MS = 300_000;
const PIDS_LIMIT = 200;
const MEMORY_LIMIT = 64 * 1024 * 1024;
const CONSOLE_BYTES = 1024 * 1024;

/** Only tests use it: `./dev` has built the others. */
function buildMutant(): void {
  const repository = join(import.meta.dirname, '../../../..');
  const lock = join(repository, 'node_modules/.cellblock-build.lock');
  const make = ['make', '-s', '-j2', '-C', join(repository, 'packages/native/cpp/spawn'), 'mutant'];
  execFileSync('flock', [lock, ...make], { stdio: 'inherit' });
}

/** The number of a capability, as linux/capability.h counts them from the kernel's own list of names. */
const CAPABILITY_NUMBERS: Record<string, number> = Object.fromEntries(
  (
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
    'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT ' +
    'SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP'
  )
    .split(' ')
    .map((name, number) => [`CAP_${name}`, number]),
);

const maskOf = (capabilities: readonly string[]): string =>
  capabilities.reduce((mask, name) => mask | (1n << BigInt(CAPABILITY_NUMBERS[name] ?? 63)), 0n).toString();

/**
 * Who attacks, who is attacked, and what is watched: two hostile jails that share a directory, one of which plays the
 * peer and the victim; a victim on the host; canaries. All of it goes with `remove`, also what a mutant left behind.
 */
export class AttackSite {
  readonly directory: string;
  readonly nonce = randomBytes(8).toString('hex');
  readonly name: string;
  readonly kernel = createLinuxKernel();
  readonly trees: ProcessTrees = createLinuxProcessTrees({ programs: PROGRAMS });
  readonly canary: string;
  readonly #idBase: number;
  readonly #runDirectories: string[] = [];
  #hostVictim: ChildProcess | null = null;
  #service: Server | null = null;
  #terminal: ChildProcess | null = null;
  #count = 0;

  private constructor(directory: string) {
    this.directory = directory;
    this.name = `attack-${directory.slice(-6)}`;
    this.canary = join(directory, 'canary');
    this.#idBase = 65_536 * (25_940 + 4 * (process.pid % 500));
  }

  static async open(): Promise<AttackSite> {
    buildMutant();
    const directory = await mkdtemp(join(tmpdir(), 'attack-'));
    const site = new AttackSite(directory);
    try {
      await site.#furnish();
    } catch (error) {
      await site.remove();
      throw error;
    }
    return site;
  }

  async #furnish(): Promise<void> {
    // Open to everybody: what keeps a jail from the canary must be its root alone.
    await chmod(this.directory, 0o755);
    await writeFile(this.canary, `canary ${this.nonce}\n`, { mode: 0o644 });
    for (const name of ['probes', 'shared', 'shared/inner', 'read-only', 'data', 'host-victim']) {
      await mkdir(join(this.directory, name), { recursive: true });
      await chmod(join(this.directory, name), 0o777);
    }
    await writeFile(join(this.directory, 'shared/beyond-what-is-shared'), this.nonce);
    await copyFile(join(PROGRAMS, 'probe'), join(this.directory, 'probes/probe'));
    const setUserId = join(this.directory, 'data/set-user-id');
    await copyFile(join(PROGRAMS, 'probe'), setUserId);
    await chown(setUserId, 0, 0);
    await chmod(setUserId, 0o4755);
    execFileSync('mknod', ['-m', '666', join(this.directory, 'data/zero'), 'c', '1', '5']);
    execFileSync('ip', ['netns', 'add', this.name]);
    execFileSync('ip', ['-n', this.name, 'link', 'set', 'lo', 'up']);
    await this.#makeGroup(this.name, MEMORY_LIMIT);
    await this.#makeGroup(`${this.name}-victim`, null);
    await this.#beVictimOnHost();
    await this.#startVictimJail();
  }

  async #makeGroup(name: string, memory: number | null): Promise<void> {
    await this.kernel.createCgroup({ name });
    await this.kernel.setCgroupLimits({ name, limits: { memory, pids: PIDS_LIMIT } });
  }

  /** A service, a message queue, an abstract socket, a process and a terminal of the host's. */
  async #beVictimOnHost(): Promise<void> {
    this.#service = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => this.#service?.listen(0, '127.0.0.1', resolve));
    this.#hostVictim = spawn(join(PROGRAMS, 'probe'), ['--victim', join(this.directory, 'host-victim')], {
      env: { PROBE_NONCE: this.nonce },
      stdio: 'inherit',
    });
    await this.#appears('host-victim/victim');
    this.#terminal = spawn('script', ['-qfc', 'tty; exec sleep 1000', '/dev/null'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.hostTerminal = await new Promise<string>((resolve) => {
      this.#terminal?.stdout?.setEncoding('utf8').once('data', (text: string) => {
        resolve(/\/dev\/pts\/(\d+)/.exec(text)?.[1] ?? '');
      });
      this.#terminal?.once('error', () => resolve(''));
    });
  }
  hostTerminal = '';

  async #startVictimJail(): Promise<void> {
    const spec = await this.spec('daemon', {
      idBase: this.#idBase + 65_536,
      hostname: 'victim',
      cgroupProcsFiles: await this.kernel.cgroupProcsFiles({ name: `${this.name}-victim` }),
      mounts: [
        { kind: 'storage', path: join(this.directory, 'probes'), target: '/probes', readOnly: true },
        { kind: 'storage', path: join(this.directory, 'shared'), target: '/shared' },
      ],
      command: ['/probes/probe', '--victim', '/shared/inner'],
      environment: { PROBE_NONCE: [...this.nonce].reverse().join('') },
    });
    const status = await this.trees.start(spec);
    this.victimPid = status.init?.pid ?? 0;
    await this.#appears('shared/inner/victim');
  }
  victimPid = 0;

  async #appears(path: string): Promise<void> {
    const end = Date.now() + 20_000;
    while (!existsSync(join(this.directory, path))) {
      if (Date.now() > end) throw new Error(`${path} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The host's own number of its victim. */
  get hostVictimPid(): number {
    return this.#hostVictim?.pid ?? 0;
  }

  /** A line of what a victim says of itself. */
  #fact(directory: string, name: string): string {
    const text = readFileSync(join(this.directory, directory, 'victim'), 'utf8');
    return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
  }

  /** What reached the victims that should not have. */
  harm(): string {
    return ['shared/inner', 'host-victim']
      .map((directory) => readFileSync(join(this.directory, directory, 'harm'), 'utf8'))
      .join('');
  }

  async runDirectory(): Promise<string> {
    const path = join(this.directory, `run${this.#count++}`);
    await mkdir(path, { mode: 0o700 });
    this.#runDirectories.push(path);
    return path;
  }

  /** The hostile jail, on the host's /usr. */
  async spec(profile: Profile, changes: Partial<TreeSpec> = {}): Promise<TreeSpec> {
    const rules = PROFILES[profile];
    const own = (name: string) => join(this.directory, name);
    const mounts: TreeMount[] = [
      { kind: 'storage', path: own('probes'), target: '/probes', readOnly: true },
      { kind: 'storage', path: own('shared/inner'), target: '/inner' },
      { kind: 'storage', path: own('read-only'), target: '/read-only', readOnly: true },
      { kind: 'storage', path: own('data'), target: '/data' },
      { kind: 'file', target: '/laid', content: 'laid into the tree\n' },
    ];
    return {
      runDirectory: await this.runDirectory(),
      hostname: 'hostile',
      idBase: this.#idBase,
      idCount: 65_536,
      netns: `/run/netns/${this.name}`,
      cgroupProcsFiles: await this.kernel.cgroupProcsFiles({ name: this.name }),
      root: { kind: 'host-usr' },
      mounts,
      command: null,
      environment: this.environment(profile),
      uid: 0,
      gid: 0,
      capabilities: [...rules.capabilities],
      confinement: {
        noNewPrivileges: rules.noNewPrivileges,
        chroot: rules.chroot,
        proc: rules.proc,
        mounts: rules.mounts,
      },
      resourceLimits: {},
      devices: [],
      keeperUid: 64_999,
      keeperGid: 64_999,
      consoleBytes: CONSOLE_BYTES,
      ...changes,
    };
  }

  /** A root of the jail's own, with nothing in it but what is mounted there. */
  ownRoot(): { path: string; readOnly: boolean } {
    const path = join(this.directory, 'root');
    mkdirSync(path, { recursive: true });
    return { path, readOnly: false };
  }

  /** What a probe is told about those whom it attacks. */
  environment(profile: Profile, victim: 'tenant' | 'host' = 'tenant'): Record<string, string> {
    const of = victim === 'tenant' ? 'shared/inner' : 'host-victim';
    return {
      PATH: '/usr/bin:/bin',
      PROBE_NONCE: this.nonce,
      PROBE_CANARY: this.canary,
      PROBE_HOST_USR: '1',
      PROBE_READ_ONLY: '/read-only',
      PROBE_LAID_FILE: '/laid',
      PROBE_SECRET: '/data/secret-of-a-group',
      PROBE_NODE: '/data/zero',
      PROBE_SUID_PROGRAM: '/data/set-user-id',
      PROBE_CAPABILITIES: maskOf(PROFILES[profile].capabilities),
      PROBE_PRIVATE_WORDS: hostname(),
      PROBE_HOST_WORDS: `${this.nonce},${this.name},${this.queueKey}`,
      PROBE_HOST_NAME: hostname(),
      PROBE_HOST_TERMINAL: this.hostTerminal,
      PROBE_KEY: `key-of-agent-${this.nonce}`,
      PROBE_VICTIM: String(victim === 'tenant' ? this.victimPid : this.hostVictimPid),
      PROBE_SECRET_AT: this.#hasFacts(of) ? this.#fact(of, 'secret') : '',
      PROBE_PEER: '/inner/victim.sock',
      PROBE_QUEUE: `0x${this.nonce.slice(0, 7)}`,
      PROBE_ABSTRACT: `probe-${this.nonce}`,
      PROBE_PORT: String(this.#port),
      PROBE_PIDS_LIMIT: String(PIDS_LIMIT),
      PROBE_MEMORY_LIMIT: String(MEMORY_LIMIT),
      PROBE_ALLOWED: '',
    };
  }

  #hasFacts(directory: string): boolean {
    return existsSync(join(this.directory, directory, 'victim'));
  }

  /** The key of the host's message queue, as /proc/sysvipc/msg prints it. */
  get queueKey(): string {
    return String(Number.parseInt(this.nonce.slice(0, 7), 16));
  }

  get #port(): number {
    const address = this.#service?.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** What a jail printed on its console. */
  async consoleText(runDirectory: string): Promise<string> {
    let text = '';
    for await (const { data } of this.trees.console({ runDirectory, from: 0 }))
      text += Buffer.from(data).toString();
    return text;
  }

  /**
   * The programs without the named protections: a `spawn` that says so to the mutant. It belongs to the jail, holds
   * what the agent may hold by mistake: an open descriptor, a group, a key, a score that keeps it from being killed.
   */
  careless(protections: string[], o: { isMutant: boolean }): ProcessTrees {
    const directory = join(this.directory, `programs${this.#count++}`);
    mkdirSync(directory);
    copyFileSync(join(PROGRAMS, 'keeper'), join(directory, 'keeper'));
    const program = join(directory, 'program');
    copyFileSync(join(PROGRAMS, o.isMutant ? 'spawn-mutant' : 'spawn'), program);
    execFileSync('chown', [`${this.#idBase}:${this.#idBase}`, program]);
    chmodSync(program, 0o755);
    const probe = join(PROGRAMS, 'probe');
    const script = [
      '#!/bin/sh',
      `export SPAWN_MUTANT=${protections.join(',')}`,
      'echo -500 > /proc/self/oom_score_adj',
      'ulimit -n 8192; ulimit -c unlimited 2>/dev/null',
      `exec setpriv --groups 4242 ${probe} --with-key key-of-agent-${this.nonce} ${program} "$@" 9</etc/passwd`,
      '',
    ];
    writeFileSync(join(directory, 'spawn'), script.join('\n'), { mode: 0o755 });
    return createLinuxProcessTrees({ programs: directory });
  }

  async stop(runDirectory: string): Promise<void> {
    if ((await this.trees.status({ runDirectory }))?.state === 'running')
      await this.trees.stop({ runDirectory, signal: 9, timeoutMs: 5_000 });
  }

  async remove(): Promise<void> {
    for (const runDirectory of this.#runDirectories) await this.stop(runDirectory).catch(console.error);
    await ended(this.#hostVictim);
    await ended(this.#terminal);
    this.#service?.close();
    for (const name of [this.name, `${this.name}-victim`]) {
      await this.kernel.killCgroup({ name }).catch(() => undefined);
      await this.kernel.removeCgroup({ name });
    }
    execFileSync('sh', ['-c', `ip netns del ${this.name} 2>/dev/null || true`]);
    execFileSync('sh', ['-c', `ipcrm -Q 0x${this.nonce.slice(0, 7)} 2>/dev/null || true`]);
    for (const base of [this.#idBase, this.#idBase + 65_536])
      await rm(`/run/cellblock/ids/${base}.tree`, { force: true });
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import type { TreeMount } from '@cellblock/native/process-tree';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { upstreamNameServers } from '../etc/etc-template.ts';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';

const execute = promisify(execFile);
const SIGKILL = 9;
const MEMORY_BYTES = 1024 ** 3;
const PIDS = 512;
const BUSY_TRIES = 100;
const BUSY_MS = 20;
/** A name that no jail's key has: those are letters and digits. */
export const WORKSHOP = 'image-';

/** What apt on this host was told beside its sources: proxies, and how signatures are checked. */
const APT = ['apt/apt.conf', 'apt/apt.conf.d', 'apt/trusted.gpg', 'apt/trusted.gpg.d', 'apt/keyrings'];

export interface Workshop {
  /** Runs a program to its end; its output line by line to `line`. Fails with what it said last. */
  run(step: string, command: string[]): Promise<string>;
}

export interface WorkshopWants {
  /** 0700, the caller's; the workshop's own files are made below it */
  directory: string;
  /** `host`: the host's own network, for whoever fetches; everything else has none */
  network: 'none' | 'host';
  mounts: TreeMount[];
  capabilities: readonly string[];
  line(text: string): void;
  signal: AbortSignal;
  /** bytes that one file may grow to */
  fileBytes: number;
}

/**
 * A tree of processes without any privilege on the host, for the time of `work`: host ids that nothing else
 * has, namespaces, a control group and the jail's filter; of the host it sees /usr, read only, and what is
 * mounted for it. Whoever reads a stranger's bytes does it here.
 */
export async function inWorkshop<T>(
  host: WardenHost,
  wants: WorkshopWants,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const key = `${WORKSHOP}${randomBytes(4).toString('hex')}`;
  host.throwAway.add(key);
  try {
    wants.signal.throwIfAborted();
    return await work(await openWorkshop(host, key, wants));
  } finally {
    await closeWorkshop(host, key, join(wants.directory, key));
    host.throwAway.delete(key);
  }
}

async function openWorkshop(host: WardenHost, key: string, wants: WorkshopWants): Promise<Workshop> {
  const directory = join(wants.directory, key);
  const runDirectory = join(directory, 'run');
  const etc = join(directory, 'etc');
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  await host.etc.copyTo(etc);
  if (wants.network === 'host') await addAptSettings(etc);
  const idBase = await host.ids.claim({ instance: host.instance, jailKey: key, preferred: null });
  const group = cgroupName(host.instance, key);
  await host.kernel.createCgroup({ name: group });
  await limit(host, group);
  const netns = netnsPath(host.instance, key);
  if (wants.network === 'none') await host.kernel.createNetns({ path: netns });
  else await pinOwnNetns(netns);
  const cgroupProcsFiles = await host.kernel.cgroupProcsFiles({ name: group });
  const environment = environmentOf(wants.network);
  await host.trees.start({
    runDirectory,
    hostname: 'image',
    idBase,
    idCount: 65_536,
    netns,
    cgroupProcsFiles,
    root: { kind: 'host-usr' },
    mounts: [
      { kind: 'storage', path: etc, target: '/etc' },
      { kind: 'tmpfs', target: '/tmp', size: '512M', mode: '1777' },
      { kind: 'tmpfs', target: '/var', size: '64M', mode: '0755' },
      { kind: 'tmpfs', target: '/run', size: '16M', mode: '0755' },
      { kind: 'file', target: '/etc/resolv.conf', content: resolvConf() },
      { kind: 'file', target: '/etc/hosts', content: await hosts(wants.network) },
      ...wants.mounts,
    ],
    command: null,
    environment,
    uid: 0,
    gid: 0,
    capabilities: [...wants.capabilities],
    confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
    resourceLimits: {},
    devices: [],
    keeperUid: host.keeper.uid,
    keeperGid: host.keeper.gid,
    consoleBytes: 4096,
  });
  return {
    run: (step, command) =>
      runIn(host, { runDirectory, cgroupProcsFiles, environment, wants }, step, command),
  };
}

/** A tree enters a pinned namespace alone, by a path without links. */
async function pinOwnNetns(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  await execute('mount', ['--bind', '/proc/self/ns/net', path]);
}

async function limit(host: WardenHost, name: string): Promise<void> {
  for (const limits of [{ memory: MEMORY_BYTES }, { pids: PIDS }]) {
    // A host without the controller makes images all the same, as it runs jails.
    await host.kernel.setCgroupLimits({ name, limits }).catch((error) => {
      if (!isKernelError(error, 'EOPNOTSUPP')) throw error;
    });
  }
}

/** How this host reaches others; nothing else of the agent's environment. */
function environmentOf(network: 'none' | 'host'): Record<string, string> {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const ways = network === 'none' ? [] : proxies;
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    ...Object.fromEntries(ways.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  };
}

const resolvConf = () =>
  upstreamNameServers()
    .map((server) => `nameserver ${server}\n`)
    .join('');

/** Whoever is in the host's network finds others as the host does. */
async function hosts(network: 'none' | 'host'): Promise<string> {
  const known = network === 'host' ? await readFile('/etc/hosts', 'utf8').catch(() => '') : '';
  return `${known}\n127.0.0.1 localhost image\n::1 localhost\n`;
}

async function addAptSettings(etc: string): Promise<void> {
  for (const name of APT) {
    const source = join('/etc', name);
    if (!(await stat(source).catch(() => null))) continue;
    await mkdir(join(etc, 'apt'), { recursive: true, mode: 0o755 });
    await cp(source, join(etc, name), {
      recursive: true,
      // Programs of the host that its apt would run are not there, and keys that not all may read are not copied.
      filter: async (path) => {
        const { mode } = await stat(path);
        return (mode & 0o004) !== 0;
      },
    });
  }
}

async function runIn(
  host: WardenHost,
  tree: {
    runDirectory: string;
    cgroupProcsFiles: string[];
    environment: Record<string, string>;
    wants: WorkshopWants;
  },
  step: string,
  command: string[],
): Promise<string> {
  const { runDirectory, cgroupProcsFiles, environment, wants } = tree;
  const blocks = Math.floor(wants.fileBytes / 512);
  const session = await host.trees.exec({
    runDirectory,
    command: ['/bin/sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...command],
    environment,
    uid: 0,
    gid: 0,
    tty: null,
    cgroupProcsFiles,
  });
  session.closeInput();
  const kill = () => session.kill();
  wants.signal.addEventListener('abort', kill);
  const said = new Said(wants.line);
  try {
    for await (const { stream, data } of session.output) said.take(stream, Buffer.from(data));
    const { code, signal } = await session.exit;
    wants.signal.throwIfAborted();
    if (code !== 0) {
      const how = signal === null ? `it ended with ${code}` : `it was ended by signal ${signal}`;
      throw new KernelError(step, 'EINVAL', 22, said.last() || how);
    }
    return said.output;
  } finally {
    wants.signal.removeEventListener('abort', kill);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a stranger's program may write to a terminal
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]+/g;
const MOST_OUTPUT = 4 * 1024 * 1024;
const MOST_LINE = 500;
const LAST_LINES = 6;

/** What a program writes: standard output is an answer and kept whole, standard error is told as it comes. */
class Said {
  output = '';
  private readonly tell: (text: string) => void;
  private readonly lines: string[] = [];
  private rest = '';

  constructor(tell: (text: string) => void) {
    this.tell = tell;
  }

  take(stream: 'stdout' | 'stderr', data: Buffer): void {
    if (stream === 'stdout') {
      if (this.output.length < MOST_OUTPUT) this.output += data.toString();
      return;
    }
    const parts = `${this.rest}${data.toString()}`.split(/[\r\n]+/);
    this.rest = (parts.pop() ?? '').slice(-MOST_LINE);
    for (const part of parts) this.add(part);
  }

  last(): string {
    this.add(this.rest);
    this.rest = '';
    return this.lines.join('; ');
  }

  private add(text: string): void {
    const plain = text.replace(UNPRINTABLE, ' ').trim().slice(0, MOST_LINE);
    if (plain === '') return;
    this.tell(plain);
    this.lines.push(plain);
    if (this.lines.length > LAST_LINES) this.lines.shift();
  }
}

async function closeWorkshop(host: WardenHost, key: string, directory: string): Promise<void> {
  await endTree(host, join(directory, 'run'));
  const group = cgroupName(host.instance, key);
  await removeGroup(host, group);
  await host.kernel.removeNetns({ path: netnsPath(host.instance, key) }).catch((error) => {
    if (!isKernelError(error, 'ENOENT')) throw error;
  });
  await host.ids.release({ instance: host.instance, jailKey: key });
  await removeTree(directory);
}

async function endTree(host: WardenHost, runDirectory: string): Promise<void> {
  const status = await host.trees.status({ runDirectory });
  if (status?.state !== 'running') return;
  await host.trees.stop({ runDirectory, signal: SIGKILL, timeoutMs: 0 }).catch((error) => {
    if (!isKernelError(error, 'ESRCH', 'ENOENT')) throw error;
  });
}

async function removeGroup(host: WardenHost, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await host.kernel.killCgroup({ name }).catch((error) => {
        if (!isKernelError(error, 'ENOENT')) throw error;
      });
      return await host.kernel.removeCgroup({ name });
    } catch (error) {
      if (isKernelError(error, 'ENOENT')) return;
      // The killed take a moment to leave.
      if (!isKernelError(error, 'EBUSY') || tries >= BUSY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    }
  }
}

/** Workshops that a crash left below a directory are closed, and the directory with them. */
export async function clearWork(host: WardenHost, directory: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) if (key.startsWith(WORKSHOP)) await closeWorkshop(host, key, join(directory, key));
  await removeTree(directory);
}

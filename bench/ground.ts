import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** First host ids of the peers' ranges, far from those that the agent hands out. */
const PEER_IDS = 1_400_000_000;
const APPLETS = ['true', 'sh', 'sleep', 'cat', 'id'];

/**
 * Where a run happens: a directory, a control group and namespaces that nobody else uses. Peers that want it get
 * a mount namespace with nothing but the v2 tree on /sys/fs/cgroup, because the machine may have v1 and v2 side
 * by side, and a group in it, so that whatever they leave there goes with it.
 */
export class Ground {
  readonly directory: string;
  /** below a directory that only root enters: the agent gives no other to a jail */
  readonly root: string;
  /** the same root file system, its files owned by the peers' ids, where others than root may pass */
  readonly peerRoot: string;
  readonly peerIds = PEER_IDS;
  private readonly group: string | null;
  private isMounted = false;
  private holder: { pid: number; end: () => Promise<void> } | null = null;

  private constructor(directory: string) {
    this.directory = directory;
    this.root = join(directory, 'ours/root');
    this.peerRoot = join(directory, 'peers/root');
    const unified = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((place) =>
      existsSync(join(place, 'cgroup.procs')),
    );
    this.group = unified ? join(unified, `cellblock-bench-${process.pid}`) : null;
  }

  static async make(): Promise<Ground> {
    const ground = new Ground(mkdtempSync(join(tmpdir(), 'cellblock-bench-')));
    try {
      await ground.prepare();
      return ground;
    } catch (error) {
      await ground.remove().catch((left) => console.error('not removed:', left));
      throw error;
    }
  }

  private async prepare(): Promise<void> {
    chmodSync(this.directory, 0o755);
    mkdirSync(join(this.directory, 'ours'), { mode: 0o700 });
    mkdirSync(join(this.directory, 'peers'), { mode: 0o755 });
    mkdirSync(this.run(), { mode: 0o755 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'none', this.run()]);
    this.isMounted = true;
    for (const root of [this.root, this.peerRoot]) await makeRoot(root);
    execFileSync('chown', ['-hR', `${PEER_IDS}:${PEER_IDS}`, this.peerRoot]);
    if (this.group) {
      mkdirSync(join(this.group, 'clock'), { recursive: true });
    }
    await this.hold();
  }

  /** The mount namespace of the peers. */
  get mounts(): string {
    return `/proc/${this.holder?.pid}/ns/mnt`;
  }

  /** The peers' control group, as it is called in the v2 tree. */
  get groupName(): string {
    return `cellblock-bench-${process.pid}`;
  }

  /** Whoever writes `0` here is in a group below that one, which itself has no processes: only so may it hand
   *  controllers down. null: this host has no v2 tree. */
  get groupFile(): string | null {
    return this.group && join(this.group, 'clock/cgroup.procs');
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** What lasts as long as what runs: on a tmpfs, as `/run` of a host is; here `/run` may be on a disk. */
  run(...parts: string[]): string {
    return this.path('run', ...parts);
  }

  file(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = this.path(name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  private async hold(): Promise<void> {
    const ids = this.file('peers/subids', `root:${PEER_IDS}:65536\n`);
    const script = `set -e
      umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup
      for file in /etc/subuid /etc/subgid; do [ ! -e $file ] || mount --bind ${ids} $file; done
      mkdir -p /run/containers && mount -t tmpfs none /run/containers
      echo ready; exec cat`;
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await Promise.race([
      once(child.stdout, 'data'),
      ended.then(() => Promise.reject(new Error("the peers' mount namespace could not be made"))),
    ]);
    this.holder = {
      pid: child.pid ?? 0,
      end: async () => {
        child.stdin.end();
        await ended;
      },
    };
  }

  async remove(): Promise<void> {
    await this.holder?.end();
    if (this.group && existsSync(this.group)) {
      await removeGroups(this.group);
      // systemd-nspawn makes the same name in a v1 hierarchy, lxc leaves a group of its own at the top.
      const named = join('/sys/fs/cgroup/systemd', this.groupName);
      if (existsSync(named)) await removeGroups(named);
      if (existsSync(join(this.group, '../lxc.pivot'))) rmdirSync(join(this.group, '../lxc.pivot'));
    }
    // Whoever still has something open there is why it failed, and must not be told in its place.
    if (this.isMounted) execFileSync('umount', ['-l', this.run()]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A minimal root: busybox, and the places that mounts need. */
async function makeRoot(root: string): Promise<void> {
  for (const name of ['bin', 'dev', 'etc', 'proc', 'run', 'sys', 'tmp', 'usr', 'var'])
    mkdirSync(join(root, name), { recursive: true, mode: 0o755 });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  chmodSync(join(root, 'bin/busybox'), 0o755);
  await copyFile(join(import.meta.dirname, 'build/started'), join(root, 'bin/started'));
  chmodSync(join(root, 'bin/started'), 0o755);
  for (const name of APPLETS) symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'etc/os-release'), 'ID=bench\n');
}

/** Groups take a moment to empty after the last process of them has ended. */
async function removeGroups(group: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      removeTree(group);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  rmdirSync(group);
}

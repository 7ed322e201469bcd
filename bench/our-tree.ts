import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linuxCgroups } from '@cellblock/native/linux-cgroups';
import { startMessage } from '@cellblock/native/spawn-message';
import type { Timed } from './clock.ts';
import type { Ground } from './ground.ts';

const PROGRAMS = join(import.meta.dirname, '../packages/native/build/bin');
const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETGID',
  'CAP_SETUID',
];
const KEEPER = 64_999;
const ID_BASE = 1_500_053_504;

/** A jail as `spawn` makes it, with a network namespace that has no links: what one costs without the agent. */
export class OurTree {
  private readonly ground: Ground;
  private readonly group = `cellblock-bench-${process.pid}-tree`;

  private constructor(ground: Ground) {
    this.ground = ground;
  }

  static async make(ground: Ground): Promise<OurTree> {
    const tree = new OurTree(ground);
    mkdirSync(tree.runDirectory, { mode: 0o700 });
    writeFileSync(ground.path('ours/netns'), '');
    await linuxCgroups.createCgroup({ name: tree.group });
    return tree;
  }

  get runDirectory(): string {
    return this.ground.run('ours');
  }

  async command(command: string[]): Promise<Timed> {
    const netns = this.ground.path('ours/netns');
    const message = startMessage({
      runDirectory: this.runDirectory,
      hostname: 'bench',
      idBase: ID_BASE,
      idCount: 65_536,
      netns,
      cgroupProcsFiles: await linuxCgroups.cgroupProcsFiles({ name: this.group }),
      root: { kind: 'directory', path: this.ground.root, readOnly: false },
      mounts: [],
      command,
      environment: { PATH: '/bin' },
      uid: 0,
      gid: 0,
      capabilities: CAPABILITIES,
      confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
      resourceLimits: {},
      devices: [],
      keeperUid: KEEPER,
      keeperGid: KEEPER,
      consoleBytes: 65_536,
    });
    const stdin = this.ground.file('ours/message', message, 0o600);
    return {
      name: 'Cellblock (spawn)',
      netns,
      stdin,
      argv: [join(PROGRAMS, 'spawn'), 'start', join(PROGRAMS, 'keeper')],
    };
  }

  async remove(): Promise<void> {
    await linuxCgroups.removeCgroup({ name: this.group }).catch(() => undefined);
    rmSync(`/run/cellblock/ids/${ID_BASE}.tree`, { force: true });
  }
}

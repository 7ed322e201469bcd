import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The /proc of the machine is one instance for all of its mount namespaces: one that is not fresh is not used. */
const MAKE = `here=$(stat -c %d /proc)
mount -t proc proc /proc && [ "$(stat -c %d /proc)" != "$here" ] && echo fresh && exec sleep 600`;

/** A mount namespace in which /proc is an instance of its own; it goes with its last process. */
export class ProcOfItsOwn {
  private readonly holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.holder = holder;
  }

  static async open(): Promise<ProcOfItsOwn> {
    const args = ['--mount', '--propagation', 'private', '/bin/sh', '-c', MAKE];
    const holder = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (String(said[0]) !== 'fresh\n') throw new Error('/proc is no instance of its own');
    return new ProcOfItsOwn(holder);
  }

  get mounts(): string {
    return `/proc/${this.holder.pid}/ns/mnt`;
  }

  /** A script as root, with this /proc. */
  async asRoot(script: string): Promise<string> {
    return (await run('nsenter', [`--mount=${this.mounts}`, '/bin/bash', '-c', script])).stdout;
  }

  async close(): Promise<void> {
    const ended = once(this.holder, 'exit');
    this.holder.kill('SIGKILL');
    await ended;
  }
}

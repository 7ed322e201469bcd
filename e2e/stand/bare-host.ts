import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianRoot } from './debian-root.ts';
import { endInstance, endProcess, instanceOfData } from './end-instance.ts';
import { type Ended, inNetns, mustRun, type ProgramOptions, runProgram } from './run-program.ts';
import { addressesOf, giveAddresses } from './segment.ts';
import { processesInNetns } from './site-processes.ts';
import type { Stand } from './stand.ts';

/**
 * A machine with nothing but the smallest Debian and curl: no compiler, no Node, no systemd, no Internet. It has a
 * root, processes and a network of its own; the segment's bridge `seg0` is in it as its administrator made it.
 */
export interface BareHost {
  name: string;
  address: string;
  netns: string;
  /** the host's root as this machine sees it */
  root: string;
  /** file of the host, as this machine sees it */
  file(path: string): string;
  /** runs in the host as root, as a shell that somebody opened there */
  run(argv: readonly string[], options?: ProgramOptions): Promise<Ended>;
  /** a command line as it is pasted into that shell */
  paste(line: string, options?: ProgramOptions): Promise<Ended>;
  /** every file of the host with kind, mode, owner and target; backups of user tables are Debian's own habit */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

const ENV = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'NO_COLOR=1'];
const LIST = `cd / && find . -xdev ! -name 'passwd-' ! -name 'group-' ! -name 'shadow-' ! -name 'gshadow-' -printf '%p %y %m %u %g %l\\n' | sort`;

export async function makeBareHost(stand: Stand, name: string, number: number): Promise<BareHost> {
  const root = path.join(path.dirname(stand.data), `${name}-root`);
  mkdirSync(root);
  chmodSync(root, 0o755);
  await mustRun(['tar', 'xf', await debianRoot(), '-C', root, '--exclude=./dev/*'], { timeoutMs: 120_000 });
  const joined = await stand.segment.join(name);
  const ip = (...words: string[]) => mustRun(['ip', '-n', joined.name, ...words]);
  await ip('link', 'add', stand.segment.bridge, 'type', 'bridge');
  await ip('link', 'set', stand.segment.bridge, 'up');
  await ip('link', 'set', 'eth0', 'master', stand.segment.bridge);
  await giveAddresses(joined.name, stand.segment.bridge, number);
  const init = await start(joined.netns, root, name);
  const file = (inside: string) => path.join(root, inside);
  const run: BareHost['run'] = (argv, options = {}) =>
    runProgram(
      [
        ...['nsenter', '-t', String(init.pid), '--mount', '--pid', '--net', '--uts', '--ipc', '--root', '--'],
        // nsenter leaves one standing in a directory of the machine outside.
        ...['env', '-i', ...ENV, 'sh', '-c', 'cd /root && exec "$@"', 'sh', ...argv],
      ],
      options,
    );
  return {
    name,
    address: addressesOf(number).v4,
    netns: joined.netns,
    root,
    file,
    run,
    paste: (line, options) => run(['sh', '-c', line], { timeoutMs: 180_000, ...options }),
    files: async () => {
      const { stdout } = await run(['sh', '-c', LIST]);
      return stdout.trim().split('\n');
    },
    close: async () => {
      const instance = instanceOfData(file('var/lib/cellblock'));
      await run(['cellblock', 'down']);
      await run(['cellblock', 'agent', 'purge', '--yes']);
      for (const pid of processesInNetns(joined.netns)) endProcess(pid);
      endProcess(init.pid);
      init.child.kill('SIGKILL');
      if (instance) endInstance(instance);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Process 1 of the host, as this machine numbers it. */
async function start(
  netns: string,
  root: string,
  name: string,
): Promise<{ pid: number; child: ChildProcess }> {
  const apart = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  const script = path.join(import.meta.dirname, 'bare-host.sh');
  const [program = '', ...args] = inNetns(
    [...apart, '--propagation', 'private', '--', 'sh', script, root, name],
    netns,
  );
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const ready = once(child.stdout, 'data');
  const over = once(child, 'close').then(() => {
    throw new Error(`host ${name} did not come up: ${said}`);
  });
  await Promise.race([ready, over]);
  over.catch(() => undefined);
  const pid = Number(
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0],
  );
  return { pid, child };
}

/** The host's administrator offers the segment's bridge to networks. */
export function offerBridge(host: BareHost, bridge: string): void {
  const bounds = host.file('etc/cellblock/bounds.d/20-segment.yaml');
  writeFileSync(bounds, `parents: [${bridge}]\n`);
}

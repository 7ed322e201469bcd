import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Timed } from './clock.ts';
import type { Ground } from './ground.ts';
import { ociBundle, podmanContainer, podmanProgram } from './peers.ts';

const SLEEP = ['/bin/sleep', '1000000'];
const CONTAINER = 'bench-exec';

/** Somebody's jail that runs, and how a program is run in it that writes when it began. */
export interface ExecPeer {
  command: Timed;
  /** milliseconds since 1970 */
  beganAt(): number;
  end(): void;
}

/** util-linux, into the jail that we run: no group, no filter, and all capabilities. */
export function nsenterPeer(ground: Ground, pid: number): ExecPeer {
  return peer(ground.root, {
    name: 'nsenter',
    argv: ['/usr/bin/nsenter', '-t', String(pid), '-a', '-r', '-w', '-S', '0', '-G', '0'],
  });
}

export function crunPeer(ground: Ground): ExecPeer {
  const crun = ['/usr/bin/crun', '--root', ground.run('crun-exec-state')];
  const bundle = ociBundle(ground, 'crun', SLEEP);
  inMountsOf(ground, [...crun, 'run', '--detach', '--bundle', bundle, CONTAINER]);
  return peer(
    ground.peerRoot,
    { name: 'crun exec', mounts: ground.mounts, argv: [...crun, 'exec', CONTAINER] },
    () => inMountsOf(ground, [...crun, 'delete', '--force', CONTAINER]),
  );
}

export function podmanPeer(ground: Ground): ExecPeer {
  const podman = podmanProgram(ground);
  const container = podmanContainer(ground, 'none');
  inMountsOf(ground, [...podman, 'run', '--detach', '--name', CONTAINER, ...container, ...SLEEP]);
  return peer(
    ground.peerRoot,
    { name: 'podman exec', mounts: ground.mounts, argv: [...podman, 'exec', CONTAINER] },
    () => inMountsOf(ground, [...podman, 'rm', '--force', '--time=0', CONTAINER]),
  );
}

function peer(root: string, enter: Timed, end: () => void = () => {}): ExecPeer {
  const file = `var/${enter.name.replace(' ', '-')}`;
  return {
    command: { ...enter, argv: [...enter.argv, '/bin/started', `/${file}`] },
    beganAt: () => startedAt(join(root, file)),
    end,
  };
}

/** What `started` wrote. */
export const startedAt = (path: string): number => Number(readFileSync(path, 'utf8')) / 1e6;

/** In the peers' mount namespace and control group. */
function inMountsOf(ground: Ground, argv: string[]): void {
  const join = ground.groupFile ? `echo 0 > ${ground.groupFile};` : '';
  const script = `${join} exec nsenter --mount=${ground.mounts} -- "$@"`;
  // Never the machine's /dev/null, which `ignore` would be: crun gives its streams to the jail's owner. Nor pipes,
  // whose end would be waited for: what is detached keeps them.
  const nothing = openSync(ground.file('peers/streams', ''), 'r+');
  try {
    execFileSync('sh', ['-c', script, 'sh', ...argv], { stdio: [nothing, nothing, nothing] });
  } finally {
    closeSync(nothing);
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Timed, whyNot } from './clock.ts';
import type { Ground } from './ground.ts';

/** How each peer runs one command in a jail of its own on the same root file system. */
export interface Peer {
  name: string;
  /** Debian's package, for its version */
  package: string;
  run(program: string[], network: boolean): Timed | null;
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function peersOn(ground: Ground): Peer[] {
  return [
    bubblewrap(ground),
    oci(ground, 'crun'),
    oci(ground, 'runc'),
    lxc(ground),
    nspawn(ground),
    podman(ground),
  ];
}

/** Those that run here, and why the others do not. */
export async function runnable(
  ground: Ground,
  program: string[],
  network: boolean,
): Promise<{ commands: Timed[]; notes: string[] }> {
  const commands: Timed[] = [];
  const notes: string[] = [];
  for (const peer of peersOn(ground)) {
    const command = peer.run(program, network);
    if (!command) continue;
    const refusal = await whyNot(command, ground.groupFile);
    if (refusal === null) commands.push(command);
    else notes.push(`${peer.name} cannot run here: ${refusal}`);
  }
  return { commands, notes };
}

/** Maps one id only, locks nothing. */
function bubblewrap(ground: Ground): Peer {
  return {
    name: 'bubblewrap',
    package: 'bubblewrap',
    run: (program, network) =>
      network
        ? null
        : {
            name: 'bubblewrap',
            argv: [
              '/usr/bin/bwrap',
              '--unshare-all',
              '--bind',
              ground.root,
              '/',
              '--proc',
              '/proc',
              '--dev',
              '/dev',
              ...program,
            ],
          },
  };
}

function oci(ground: Ground, name: 'crun' | 'runc'): Peer {
  const program = name === 'crun' ? '/usr/bin/crun' : '/usr/sbin/runc';
  return {
    name,
    package: name,
    run: (command, network) => {
      if (network) return null;
      return {
        name,
        mounts: ground.mounts,
        argv: [
          program,
          '--root',
          ground.run(`${name}-state`),
          'run',
          '--bundle',
          ociBundle(ground, name, command),
          `bench-${name}`,
        ],
      };
    },
  };
}

/** The directory of a bundle that runs `command`. */
export function ociBundle(ground: Ground, name: 'crun' | 'runc', command: string[]): string {
  const bundle = `peers/${name}-${command.length}`;
  ground.file(`${bundle}/config.json`, JSON.stringify(ociConfig(ground, name, command)));
  return ground.path(bundle);
}

function ociConfig(ground: Ground, name: string, args: string[]) {
  const map = [{ containerID: 0, hostID: ground.peerIds, size: 65_536 }];
  const capabilities = ['CAP_KILL', 'CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID'];
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args,
      env: [PATH],
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    root: { path: ground.peerRoot, readonly: false },
    hostname: 'bench',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
    ],
    linux: {
      uidMappings: map,
      gidMappings: map,
      cgroupsPath: `/${ground.groupName}/${name}`,
      namespaces: ['user', 'mount', 'pid', 'ipc', 'uts', 'network', 'cgroup'].map((type) => ({ type })),
    },
  };
}

function lxc(ground: Ground): Peer {
  return {
    name: 'lxc-start',
    package: 'lxc',
    run: (program, network) => {
      if (network) return null;
      ground.file(
        'peers/lxc/bench/config',
        [
          'lxc.uts.name = bench',
          `lxc.rootfs.path = dir:${ground.peerRoot}`,
          `lxc.idmap = u 0 ${ground.peerIds} 65536`,
          `lxc.idmap = g 0 ${ground.peerIds} 65536`,
          'lxc.net.0.type = empty',
          'lxc.mount.auto = proc:mixed',
          `lxc.cgroup.dir = ${ground.groupName}/lxc`,
          '',
        ].join('\n'),
      );
      return {
        name: 'lxc-start',
        mounts: ground.mounts,
        argv: ['/usr/bin/lxc-start', '-F', '-P', ground.path('peers/lxc'), '-n', 'bench', '--', ...program],
      };
    },
  };
}

function nspawn(ground: Ground): Peer {
  return {
    name: 'systemd-nspawn',
    package: 'systemd-container',
    run: (program, network) =>
      network
        ? null
        : {
            name: 'systemd-nspawn',
            mounts: ground.mounts,
            argv: [
              '/usr/bin/systemd-nspawn',
              '-q',
              '--register=no',
              '--keep-unit',
              `--private-users=${ground.peerIds}:65536`,
              '--private-network',
              '-D',
              ground.peerRoot,
              ...program,
            ],
          },
  };
}

/** Root lacks CAP_SYS_RESOURCE on some machines; podman raises limits all the same and dies of the refusal. */
function podman(ground: Ground): Peer {
  return {
    name: 'podman',
    package: 'podman',
    run: (program, network) => {
      return {
        name: network ? 'podman with bridge' : 'podman',
        mounts: ground.mounts,
        argv: [
          ...podmanProgram(ground),
          ...['run', '--rm'],
          ...podmanContainer(ground, network ? 'bridge' : 'none'),
          ...program,
        ],
      };
    },
  };
}

/** podman with its store and its settings in a place of the run's own. */
export function podmanProgram(ground: Ground): string[] {
  const place = (name: string) => ground.path('peers/podman', name);
  const shim = join(import.meta.dirname, 'build/norlimit.so');
  const run = (name: string) => ground.run('podman', name);
  for (const each of [place('store'), place('net'), run('run'), run('tmp')])
    mkdirSync(each, { recursive: true });
  ground.file('peers/podman/crun', `#!/bin/sh\nLD_PRELOAD=${shim} exec /usr/bin/crun "$@"\n`, 0o755);
  ground.file(
    'peers/podman/containers.conf',
    [
      '[engine]',
      'cgroup_manager = "cgroupfs"',
      'events_logger = "none"',
      '[engine.runtimes]',
      `crun = ["${place('crun')}"]`,
      '[network]',
      'network_backend = "netavark"',
      `network_config_dir = "${place('net')}"`,
      '',
    ].join('\n'),
  );
  return [
    ...['/usr/bin/env', `CONTAINERS_CONF=${place('containers.conf')}`, '/usr/bin/podman'],
    ...['--root', place('store'), '--runroot', run('run'), '--tmpdir', run('tmp')],
    ...['--storage-driver', 'vfs', '--runtime', 'crun'],
  ];
}

/** What `podman run` is told of a container beside its program. */
export function podmanContainer(ground: Ground, network: 'bridge' | 'none'): string[] {
  return [
    ...[`--network=${network}`, '--pids-limit=-1', `--cgroup-parent=/${ground.groupName}/podman`],
    ...['--rootfs', ground.peerRoot],
  ];
}

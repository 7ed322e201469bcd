import { readlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeSpec } from '@cellblock/native/process-tree';
import { Profile } from '@cellblock/shared/profile';
import { parseXray, type XrayFinding } from '@cellblock/shared/xray';
import { jailPaths } from '../../paths.ts';
import type { Stage } from '../../stage/stage.ts';
import type { Ended } from '../../stage/stage-jail.ts';
import { bringProbe, refusedInJail } from '../probes.ts';
import { byRecipeOf2013 } from '../recipe-of-2013.ts';
import { found, type StageRow } from '../row.ts';
import { jailOfProfile, plainJail } from './plain-jail.ts';
import { asRootOf, twoJails } from './two-jails.ts';

/** Opening for writing is all that is done: `>>` to a file of the kernel's, and nothing behind it. */
// Not `:`, a failed redirection of which ends the shell.
const OPEN_SYSCTL = 'true >> /proc/sys/vm/swappiness && echo opened';
const OPEN_KNOB = 'true >> /sys/kernel/mm/transparent_hugepage/enabled && echo opened';

export const nothingExternallyPrivileged: StageRow = {
  id: 'W6',
  async answer(stage) {
    return refusedInJail(stage, await plainJail(stage), [
      ...['write-core-pattern', 'mount-proc', 'mount-sysfs', 'unshare-user', 'bpf', 'perf-all', 'kernel-log'],
      ...['socket-packet', 'socket-raw', 'swap-on', 'io-uring', 'user-beyond-range', 'handle-of-usr'],
    ]);
  },
};

/** Nothing but its own init, which waits. */
const BARE_TREE = {
  idCount: 65_536,
  root: { kind: 'host-usr' },
  mounts: [],
  command: null,
  environment: {},
  uid: 0,
  gid: 0,
  capabilities: [],
  confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
  resourceLimits: {},
  devices: [],
  consoleBytes: 65_536,
} satisfies Partial<TreeSpec>;

const KINDS = ['ipc', 'mnt', 'net', 'pid', 'uts', 'user'];

export const identityRefused: StageRow = {
  id: 'W8',
  async answer(stage) {
    const jail = await plainJail(stage);
    const own = KINDS.filter(
      (kind) => readlinkSync(`/proc/${jail.pid}/ns/${kind}`) !== readlinkSync(`/proc/self/ns/${kind}`),
    );
    const cgroupProcsFiles = await stage.host.kernel.cgroupProcsFiles({ name: jail.cgroup });
    const startAt = async (name: string, idBase: number) => {
      const runDirectory = join(stage.directory, name);
      await mkdir(runDirectory, { mode: 0o700 });
      const tree = { ...BARE_TREE, hostname: name, idBase, runDirectory, cgroupProcsFiles };
      const { keeper, trees } = stage.host;
      return trees.start({ ...tree, netns: jail.netns, keeperUid: keeper.uid, keeperGid: keeper.gid }).then(
        async () => {
          await trees.stop({ runDirectory, signal: 9, timeoutMs: 5_000 });
          return 'was started';
        },
        (error: Error) => error.message,
      );
    };
    const refusal = await startAt('identity', 0);
    const taken = await startAt('taken', jail.idBase);
    const other = await stage.jail();
    const { run } = jailPaths(stage.host.paths, other.key);
    await stage.host.trees.stop({ runDirectory: run, signal: 9, timeoutMs: 5_000 });
    const claimed = await startAt('claimed', other.idBase);
    await stage.drop(other.key);
    const recipe = await byRecipeOf2013('cat /proc/self/uid_map');
    return {
      probe: found(
        own.length === KINDS.length && /idBase/.test(refusal) && /a tree that runs has them/.test(taken),
        `namespaces of its own: ${own.join(', ')}; a tree whose ids begin with the host's 0: ${refusal}; one with the ids of a jail that runs: ${taken}`,
      ),
      control: found(
        claimed === 'was started' && /^\s*0\s+0\s+4294967295\s*$/.test(recipe.stdout),
        `the same tree with the ids that a jail has claimed which does not run ${claimed}; the kernel itself takes the literal recipe: ${recipe.stdout.trim().replaceAll(/\s+/g, ' ')}`,
      ),
    };
  },
};

export const noSignalAcross: StageRow = {
  id: 'W9',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const started = await b.sh('sleep 20 >/dev/null 2>&1 </dev/null & echo $!', { uid: 1000 });
    const pid = Number(started.stdout);
    const alive = async () => (await b.sh(`kill -0 ${pid}`)).code === 0;
    const before = await alive();
    await a.sh('kill -9 -1; :', { uid: 1000 });
    const survived = await alive();
    await b.sh('kill -9 -1; :', { uid: 1000 });
    // What was killed stands in the table until the jail's init has taken notice of it.
    let killed = !(await alive());
    for (let looks = 0; !killed && looks < 20; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      killed = !(await alive());
    }
    return {
      probe: found(
        before && survived,
        `uid 1000 of one jail kills all that it may: the process of uid 1000 in the other ${survived ? 'lives' : 'is dead'}`,
      ),
      control: found(killed, `the same from within its own jail: it ${killed ? 'is dead' : 'lives'}`),
    };
  },
};

/** What is there, and what root of the jail mounts anew, where its profile lets it mount. */
const OPEN_ANEW = `mkdir -p /tmp/proc /tmp/sys
mount -t proc proc /tmp/proc && ${OPEN_SYSCTL.replace('/proc', '/tmp/proc')}
mount -t sysfs sysfs /tmp/sys && ${OPEN_KNOB.replace('/sys', '/tmp/sys')}`;
/** Others use the jail too; what is masked in a /proc lies over it. */
const AS_BEFORE = 'umount -l /tmp/proc /tmp/sys 2>/dev/null';

async function openInProfile(stage: Stage, profile: Profile): Promise<Ended> {
  const jail = await jailOfProfile(stage, profile);
  return jail.sh(`${OPEN_SYSCTL}\n${OPEN_KNOB}\n${OPEN_ANEW}\n${AS_BEFORE}\necho looked`);
}

export const kernelFilesClosed: StageRow = {
  id: 'W10',
  async answer(stage) {
    const profiles = Profile.options;
    const inside = await Promise.all(profiles.map((profile) => openInProfile(stage, profile)));
    const recipe = await byRecipeOf2013(
      `mount -t proc proc /proc && ${OPEN_SYSCTL}\nmount -t sysfs sysfs /sys && ${OPEN_KNOB}\n:`,
    );
    return {
      probe: found(
        inside.every(({ stdout }) => stdout.trim() === 'looked'),
        inside
          .map(({ stdout, stderr }, n) => `in a jail of the profile ${profiles[n]}: ${stdout} ${stderr}`)
          .join('; '),
      ),
      control: found(
        recipe.stdout.split('opened').length === 3,
        `by the literal recipe, opened for writing and not written: ${recipe.stdout.split('opened').length - 1} of 2 ${recipe.stderr.trim()}`,
      ),
    };
  },
};

/** What opens for writing and is not the process's own, and devices beside the plain ones. */
function hostAffecting(findings: readonly XrayFinding[]): string[] {
  const plain = /^\/dev\/(null|zero|full|random|urandom|tty|ptmx|console|pts\/\w+)$/;
  return findings
    .filter(
      ({ group, item, detail }) =>
        (group === 'kernel-file' && !item.startsWith('/proc/self/')) ||
        (group === 'device' && !plain.test(item) && /write: opens/.test(detail)),
    )
    .map(({ item }) => item);
}

/** The same walk where the recipe of 2013 leads, in a root that holds nothing but the kernel's files. */
export function walkByRecipe(stage: Stage): Promise<XrayFinding[]> {
  return stage.once('walk by the recipe', async () => {
    const root = await stage.source('walk');
    for (const name of ['proc', 'sys']) await mkdir(join(root, name), { recursive: true });
    await copyFile(await stage.probe(), join(root, 'probe'));
    const { stdout } = await byRecipeOf2013(
      `mount -t proc proc ${root}/proc && mount -t sysfs sysfs ${root}/sys && exec chroot ${root} /probe xray`,
    );
    return parseXray(stdout);
  });
}

export async function walkJail(stage: Stage): Promise<XrayFinding[]> {
  return stage.once('walk of the plain jail', async () => {
    const jail = await plainJail(stage);
    const probe = await bringProbe(stage, jail);
    return parseXray((await jail.exec([probe, 'xray'], { timeoutMs: 60_000 })).stdout);
  });
}

export const searchedNotListed: StageRow = {
  id: 'W11',
  async answer(stage) {
    const inside = hostAffecting(await walkJail(stage));
    const recipe = hostAffecting(await walkByRecipe(stage));
    return {
      probe: found(
        inside.length === 0,
        inside.length === 0
          ? 'a walk over /proc, /sys and all devices opens nothing of the host for writing'
          : `opens for writing: ${inside.slice(0, 8).join(', ')}`,
      ),
      control: found(
        recipe.length > 50,
        `the same walk by the recipe of 2013 opens ${recipe.length}, as ${recipe.slice(0, 3).join(', ')}`,
      ),
    };
  },
};

export const noDeviceNodes: StageRow = {
  id: 'W12',
  async answer(stage) {
    return refusedInJail(stage, await plainJail(stage), [
      'node-disk',
      'node-memory',
      'node-kmsg',
      'node-fuse',
    ]);
  },
};

export const droppedCapabilitiesDoNotHelp: StageRow = {
  id: 'W13',
  async answer(stage) {
    const jail = await plainJail(stage);
    const inside = await jail.sh(`grep ^CapEff: /proc/self/status; ${OPEN_SYSCTL}; :`);
    const recipe = await byRecipeOf2013(
      `mount -t proc proc /proc && exec setpriv --securebits=+noroot,+noroot_locked --inh-caps=-all --bounding-set=-all /bin/sh -c 'grep ^CapEff: /proc/self/status; ${OPEN_SYSCTL}; :'`,
    );
    return {
      probe: found(
        !inside.stdout.includes('opened'),
        `a jail's root with capabilities cannot: ${inside.stdout.trim()} ${inside.stderr.trim()}`,
      ),
      control: found(
        /^CapEff:\s+0+$/m.test(recipe.stdout) && recipe.stdout.includes('opened'),
        `it makes no difference: with the identity map, SECBIT_NOROOT and no capability at all the file of kuid 0 still opens: ${recipe.stdout.trim()} ${recipe.stderr.trim()}`,
      ),
    };
  },
};

export const ownershipRemains: StageRow = {
  id: 'W14',
  async answer(stage) {
    const jail = await plainJail(stage);
    const directory = await stage.source('w14');
    await chmod(directory, 0o755);
    await writeFile(join(directory, 'of-root'), '', { mode: 0o600 });
    const open = 'true >> of-root && echo opened';
    const full = await stage.outside([
      '/bin/sh',
      '-c',
      `cd ${directory} && ${asRootOf(jail)} /bin/sh -c 'grep ^CapEff: /proc/self/status; ${open}' ; exec 9</proc/self/ns/uts; ${asRootOf(jail)} nsenter --uts=/proc/self/fd/9 true && echo entered`,
    ]);
    const control = await stage.apart(
      `exec 9</proc/self/ns/uts; nsenter --uts=/proc/self/fd/9 true && echo entered`,
    );
    const recipe = await byRecipeOf2013(`cd ${directory} && ${open}`);
    return {
      probe: found(
        /^CapEff:\s+0000[0-9a-f]*f$/m.test(full.stdout) && !/opened|entered/.test(full.stdout),
        `with every capability in the jail's user namespace: ${full.stdout.trim()} ${full.stderr.trim()}`,
      ),
      control: found(
        control.stdout.includes('entered') && recipe.stdout.includes('opened'),
        `the host's root enters its name space, and with the identity map root's file opens: ${control.stdout.trim()}, ${recipe.stdout.trim()} ${recipe.stderr.trim()}`,
      ),
    };
  },
};

export const masksHold: StageRow = {
  id: 'W17',
  async answer(stage) {
    const jail = await plainJail(stage);
    const inside = await refusedInJail(stage, jail, ['mount-proc']);
    // Without filter, as root of the jail's own namespaces: the kernel's own rule is all that is left.
    const place = '/var/tmp/w17';
    await jail.sh(`mkdir -p ${place}`);
    const bare = await stage.outside([
      '/bin/sh',
      '-c',
      `${asRootOf(jail)} --mount --pid mount -t proc proc ${place} && echo mounted`,
    ]);
    const control = await stage.outside([
      '/bin/sh',
      '-c',
      'unshare --user --map-root-user --mount --pid --fork mount -t proc proc /proc && echo mounted',
    ]);
    return {
      probe: found(
        inside.probe.asExpected && !bare.stdout.includes('mounted'),
        `${inside.probe.evidence}; by the root of its namespaces without any filter: ${bare.stdout.trim()}${bare.stderr.trim()}`,
      ),
      control: found(
        inside.control.asExpected && control.stdout.includes('mounted'),
        `where /proc has no masks, the root of a user namespace mounts a fresh one: ${control.stdout.trim()}${control.stderr.trim()}`,
      ),
    };
  },
};

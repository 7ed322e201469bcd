import type { JailRoot, JailSettings } from './jail-spec.ts';
import { PROC_DIRECTORIES, PROC_FILES, PROC_READ_ONLY, SYS_DIRECTORIES } from './kernel-masks.ts';
import { type OwnMount, ownMounts, RESERVED_PLACE, USR_LINKS } from './own-mounts.ts';
import { isPathAtOrBelow, isPathBelow } from './path-below.ts';
import { PROFILES } from './profile-rules.ts';
import { shortDigest } from './short-digest.ts';
import type { Propagation, ViewMount } from './view-mount.ts';
import { isIdmapped } from './view-rights.ts';

export type MountFlag = 'nosuid' | 'nodev' | 'noexec' | 'nosymfollow';

/** One mount that a jail is to see. */
export interface ViewEntry {
  path: string;
  kind: ViewMount['kind'] | 'directory' | 'storage' | 'file' | 'device';
  readOnly: boolean;
  /** those that are set; a bind has those of the host's own mount besides */
  flags: MountFlag[];
  /** for people: where what is in it comes from */
  origin: string;
  /** whose ids its files have: the jail's own, nobody's (the host's are not told), or as the kernel gives them */
  ids: 'jail' | 'nobody' | 'kernel';
  idmapped: boolean;
  propagation: Propagation;
  /** path on the host of what is bound here; null: nothing of the host, or only the agent knows where */
  source: string | null;
  /** its type, where it is known before it is mounted */
  fsType: string | null;
  /** what asked for it: the root, every jail, or a line of the view */
  by: 'root' | 'all' | 'view';
  /** it is there where the host has this path, and nowhere else */
  onlyWith: string | null;
}

/** A name that is no mount: a link, a node of /dev, something in the root. */
export interface ViewName {
  path: string;
  kind: 'link' | 'node' | 'name';
  origin: string;
}

const NODES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const INERT: MountFlag[] = ['nosuid', 'nodev', 'noexec'];

type Settings = Pick<JailSettings, 'root' | 'readOnly' | 'profile' | 'view' | 'devices'>;

/**
 * What a jail with these settings sees, before it is started: every mount, in the order of their paths, and the
 * names that are known besides. `rootEntries`: what lies in its root, where somebody has looked.
 */
export function viewTree(
  settings: Settings,
  rootEntries: readonly string[] = [],
): { mounts: ViewEntry[]; names: ViewName[] } {
  const mounts = [
    ...rootMounts(settings),
    ...kernelMounts(settings),
    ...mountsOfInit(settings),
    ...settings.devices.map((name) => deviceMount(name)),
    ...ownMounts(settings).map(({ kind, target }) => ownMount(settings, kind, target)),
    ...settings.view.flatMap((mount) => viewMounts(mount, settings)),
  ].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const places = new Set(mounts.map(({ path }) => path));
  const entries = rootEntries.filter((name) => !places.has(`/${name}`));
  return { mounts, names: [...namesOf(settings.root), ...entries.map(nameEntry)] };
}

const nameEntry = (name: string): ViewName => ({ path: `/${name}`, kind: 'name', origin: 'the root' });

function namesOf(root: JailRoot): ViewName[] {
  const nodes = NODES.map(
    (name): ViewName => ({ path: `/dev/${name}`, kind: 'node', origin: 'made for the jail' }),
  );
  if (root.kind !== 'host-usr') return nodes;
  const links = USR_LINKS.map(
    (name): ViewName => ({ path: `/${name}`, kind: 'link', origin: `usr/${name}` }),
  );
  return [...links, ...nodes];
}

function entry(
  path: string,
  kind: ViewEntry['kind'],
  origin: string,
  more: Partial<Omit<ViewEntry, 'path' | 'kind' | 'origin'>>,
): ViewEntry {
  return {
    path,
    kind,
    origin,
    readOnly: false,
    flags: [],
    ids: 'kernel',
    idmapped: false,
    propagation: 'private',
    source: null,
    fsType: null,
    by: 'all',
    onlyWith: null,
    ...more,
  };
}

function rootMounts({ root, readOnly }: Settings): ViewEntry[] {
  const by = 'root' as const;
  const memory = { readOnly: true, flags: ['nosuid', 'nodev'] as MountFlag[], fsType: 'tmpfs', by };
  if (root.kind === 'view')
    return [entry('/', 'tmpfs', 'memory: the places of the view', { ...memory, ids: 'jail' })];
  if (root.kind === 'host-usr') {
    return [
      entry('/', 'tmpfs', 'memory: the places below', { ...memory, ids: 'jail' }),
      entry('/usr', 'bind', '/usr of the host', {
        readOnly: true,
        flags: ['nosuid', 'nodev'],
        ids: 'nobody',
        source: '/usr',
        by,
      }),
      entry('/usr/local', 'mask', 'nothing: covered', {
        readOnly: true,
        flags: INERT,
        fsType: 'tmpfs',
        by,
        onlyWith: '/usr/local',
      }),
    ];
  }
  const own = { readOnly, flags: ['nodev'] as MountFlag[], ids: 'jail' as const, by };
  if (root.kind === 'image')
    return [
      entry('/', 'overlay', `image ${shortDigest(root.digest)}, and own storage over it`, {
        ...own,
        fsType: 'overlay',
      }),
    ];
  const source = root.kind === 'dir' ? root.path : null;
  const origin = root.kind === 'dir' ? `${root.path} of the host` : `own storage, unpacked from ${root.path}`;
  return [entry('/', 'directory', origin, { ...own, idmapped: true, source })];
}

function kernelMounts({ profile }: Settings): ViewEntry[] {
  const masked = PROFILES[profile].proc === 'masked';
  return [
    entry(RESERVED_PLACE, 'mask', 'nothing: no name is made of dots alone', {
      readOnly: true,
      flags: INERT,
      fsType: 'tmpfs',
    }),
    entry('/dev', 'tmpfs', 'memory: made for the jail', {
      flags: ['nosuid', 'noexec'],
      fsType: 'tmpfs',
      ids: 'jail',
    }),
    entry('/dev/pts', 'devpts', "the jail's own terminals", {
      flags: ['nosuid', 'noexec'],
      fsType: 'devpts',
    }),
    entry('/dev/shm', 'tmpfs', 'memory', { flags: ['nosuid', 'nodev'], fsType: 'tmpfs', ids: 'jail' }),
    entry('/dev/mqueue', 'mqueue', "the jail's own message queues", { flags: INERT, fsType: 'mqueue' }),
    ...processes('/proc', masked, 'all'),
  ];
}

/** What an init of its own looks for: a console, and a place for its control groups. */
function mountsOfInit({ profile, root, view, devices }: Settings): ViewEntry[] {
  if (!PROFILES[profile].mounts) return [];
  const isGiven = devices.includes('console') || view.some(({ target }) => target === '/dev/console');
  const terminal = entry('/dev/console', 'devpts', "the jail's own console", {
    flags: ['nosuid', 'noexec'],
    fsType: 'devpts',
  });
  const console = isGiven ? [] : [terminal];
  const hasPlace = root.kind !== 'host-usr' && root.kind !== 'view';
  if (!hasPlace || view.some(({ target }) => isPathAtOrBelow(target, '/sys'))) return console;
  const place = entry('/sys', 'tmpfs', "a place for the jail's own groups, and nothing of the host", {
    readOnly: true,
    flags: INERT,
    fsType: 'tmpfs',
    ids: 'jail',
  });
  return [...console, place];
}

function processes(path: string, masked: boolean, by: ViewEntry['by']): ViewEntry[] {
  const own = entry(path, 'proc', "the jail's own processes", { flags: INERT, fsType: 'proc', by });
  if (!masked) return [own];
  const below = (name: string) => ({ by, onlyWith: `/proc/${name}` });
  const flags: MountFlag[] = ['nosuid', 'noexec'];
  return [
    own,
    ...[...PROC_FILES, ...PROC_DIRECTORIES].map((name) =>
      entry(`${path}/${name}`, 'mask', 'nothing: covered', { readOnly: true, flags, ...below(name) }),
    ),
    ...PROC_READ_ONLY.map((name) =>
      entry(`${path}/${name}`, 'proc', 'the kernel, to be read', {
        readOnly: true,
        flags: INERT,
        fsType: 'proc',
        ...below(name),
      }),
    ),
  ];
}

function deviceMount(name: string): ViewEntry {
  return entry(`/dev/${name}`, 'device', `/dev/${name} of the host`, {
    flags: ['nosuid', 'noexec'],
    ids: 'nobody',
    source: `/dev/${name}`,
    by: 'view',
  });
}

function ownMount({ root, readOnly }: Settings, kind: OwnMount['kind'], path: string): ViewEntry {
  const ids = 'jail' as const;
  switch (kind) {
    case 'storage': {
      const kept = root.kind === 'host-usr' && root.ephemeral ? 'memory: gone when it stops' : 'own storage';
      return entry(path, kind, kept, { readOnly, flags: ['nodev'], ids, idmapped: true, by: 'root' });
    }
    case 'seen':
      return entry(path, 'storage', 'processes of other jails that it may see', {
        readOnly: true,
        flags: ['nodev'],
        ids,
        idmapped: true,
      });
    case 'tmpfs':
      return entry(path, kind, 'memory', { flags: ['nosuid', 'nodev'], ids, fsType: 'tmpfs' });
    case 'file':
      return entry(path, kind, 'made anew at every start', {
        readOnly: true,
        flags: INERT,
        ids,
        fsType: 'tmpfs',
      });
  }
}

function viewMounts(mount: ViewMount, { profile, view }: Settings): ViewEntry[] {
  const path = mount.target;
  const by = 'view' as const;
  switch (mount.kind) {
    case 'bind': {
      const idmapped = isIdmapped(mount);
      return [
        entry(path, 'bind', `${mount.source} of the host`, {
          readOnly: mount.readOnly,
          flags: flagsOf(mount),
          ids: idmapped ? 'jail' : 'nobody',
          idmapped,
          propagation: mount.propagation,
          source: mount.source,
          by,
        }),
      ];
    }
    case 'overlay':
      return [
        entry(path, 'overlay', `own storage over ${mount.lower.join(' over ')} of the host`, {
          readOnly: mount.readOnly,
          flags: flagsOf(mount),
          ids: 'jail',
          fsType: 'overlay',
          by,
        }),
      ];
    case 'tmpfs':
      return [entry(path, 'tmpfs', 'memory', { flags: flagsOf(mount), ids: 'jail', fsType: 'tmpfs', by })];
    case 'devpts':
      return [
        entry(path, 'devpts', 'terminals of its own', { flags: ['nosuid', 'noexec'], fsType: 'devpts', by }),
      ];
    case 'mqueue':
      return [entry(path, 'mqueue', "the jail's own message queues", { flags: INERT, fsType: 'mqueue', by })];
    case 'proc': {
      // A copy of /proc with all that covers parts of it, also with what this view covers itself.
      const earlier = view.slice(0, view.indexOf(mount));
      const copied = earlier.filter((each) => each.kind === 'mask' && isPathBelow(each.target, '/proc'));
      return [
        ...processes(path, PROFILES[profile].proc === 'masked', by),
        ...copied.map((each) => maskEntry(path + each.target.slice('/proc'.length))),
      ];
    }
    case 'sysfs':
      return [
        entry(path, 'sysfs', "the kernel, and the links of the jail's network", {
          readOnly: true,
          flags: INERT,
          fsType: 'sysfs',
          by,
        }),
        ...SYS_DIRECTORIES.map((name) => ({ ...maskEntry(`${path}/${name}`), onlyWith: `/sys/${name}` })),
      ];
    case 'mask':
      return [maskEntry(path)];
  }
}

/** A directory's cover is nodev too, a file's is the jail's own /dev/null. */
function maskEntry(path: string): ViewEntry {
  return entry(path, 'mask', 'nothing: covered', {
    readOnly: true,
    flags: ['nosuid', 'noexec'],
    fsType: 'tmpfs',
    by: 'view',
  });
}

function flagsOf(mount: Record<MountFlag, boolean>): MountFlag[] {
  return (['nosuid', 'nodev', 'noexec', 'nosymfollow'] as const).filter((flag) => mount[flag]);
}

/** How a person reads it: `ro`, `rw,nosuid,nodev`. */
export function modeText({ readOnly, flags }: Pick<ViewEntry, 'readOnly' | 'flags'>): string {
  return [readOnly ? 'ro' : 'rw', ...flags].join(',');
}

/** Those that a person looks at first: what covers parts of /proc and /sys stands in a count beside its mount. */
export function isCover({ onlyWith, kind }: Pick<ViewEntry, 'onlyWith' | 'kind'>): boolean {
  return kind === 'mask' && onlyWith !== null;
}

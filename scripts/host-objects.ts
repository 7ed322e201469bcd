import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What shows the objects of a host; its own test has texts and directories instead. */
export interface HostView {
  /** of `ip -o link` */
  links: string;
  /** of `nft list tables` */
  tables: string;
  /** of `bpftool prog show -j` */
  programs: string;
  /** of /proc/self/mountinfo */
  mounts: string;
  /** of /proc/sysvipc/msg */
  queues: string;
  /** /run */
  run: string;
  /** /sys/block */
  blocks: string;
}

export function hostView(): HostView {
  const ask = (program: string, args: string[]) => execFileSync(program, args, { encoding: 'utf8' });
  return {
    links: ask('ip', ['-o', 'link']),
    tables: ask('nft', ['list', 'tables']),
    programs: ask('bpftool', ['prog', 'show', '-j']),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
    queues: readFileSync('/proc/sysvipc/msg', 'utf8'),
    run: '/run',
    blocks: '/sys/block',
  };
}

/** Those that a module of the kernel makes with itself, and that stay when the first of its kind was asked for. */
const WITH_THEIR_MODULE =
  /^(dummy0|ifb[01]|bond0|tunl0|sit0|gre0|gretap0|erspan0|ip6tnl0|ip6gre0|ip_vti0|ip6_vti0)$/;
/** What `ip netns`, a login and the service manager keep mounted from their first use on. */
const KEPT_MOUNTED = /^(\/run\/netns|\/run\/user\/.*|\/run\/credentials\/.*|\/proc\/sys\/fs\/binfmt_misc)$/;
/** The service manager's own groups come and go. */
const OF_SERVICES = /\.(mount|scope|service|slice|socket|swap)$/;

/**
 * What a test could leave on a host, one line per object: links, mounts, loop devices, tables of nft, BPF programs of
 * ours, control groups at the top of every hierarchy, message queues of System V, names of network namespaces, claims
 * of ids, and what agents have below /run.
 */
export function hostObjects(view: HostView = hostView()): string[] {
  const run = (name: string) => names(path.join(view.run, name)).map((one) => path.join('/run', name, one));
  return [
    ...linksOf(view.links),
    ...lines(view.tables).map((line) => `nft ${line}`),
    ...programsOf(view.programs),
    ...mountsOf(view.mounts),
    ...groupsOf(view.mounts),
    ...loopsIn(view.blocks),
    ...queuesOf(view.queues),
    ...run('netns').map((name) => `network namespace ${name}`),
    ...run('cellblock').map((name) => `of an agent: ${name}`),
    ...run('cellblock/ids').map((name) => `claim of ids ${name}`),
    ...names(view.run)
      .filter((name) => name.startsWith('cellblock-'))
      .map((name) => `of a test: /run/${name}`),
  ].sort();
}

/** What a suite left (`+`) or took away (`-`); a line may be there several times. */
export function changedObjects(before: readonly string[], after: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const line of after) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of before) count.set(line, (count.get(line) ?? 0) - 1);
  return [...count].flatMap(([line, n]) => (n === 0 ? [] : [`${n > 0 ? '+' : '-'} ${line}`])).sort();
}

const MOMENT_MS = 200;

/** As `changedObjects`, of the host now: what the kernel is still taking away has `patienceMs` to go. */
export function changesSince(before: readonly string[], patienceMs = 10_000): string[] {
  for (const end = performance.now() + patienceMs; ; ) {
    const changed = changedObjects(before, hostObjects());
    if (changed.length === 0 || performance.now() > end) return changed;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOMENT_MS);
  }
}

/** Without numbers, which grow for ever, and without states, which come when they come. */
function linksOf(text: string): string[] {
  return lines(text).flatMap((line) => {
    const [, name = '', rest = ''] = /^\d+: ([^:@]+)[^:]*:(.*)$/.exec(line) ?? [];
    if (WITH_THEIR_MODULE.test(name)) return [];
    return [`link ${name} ${/ mtu \d+/.exec(rest)?.[0].trim()} ${/ link\/\S+ \S+/.exec(rest)?.[0].trim()}`];
  });
}

/** The service manager loads and unloads its own. */
function programsOf(text: string): string[] {
  return (JSON.parse(text || '[]') as { name?: string }[]).flatMap(({ name }) =>
    name?.startsWith('cellblock') ? [`BPF program ${name}`] : [],
  );
}

/** Of what System V has only these: a database that is killed leaves memory. */
function queuesOf(text: string): string[] {
  return lines(text)
    .slice(1)
    .map((line) => {
      const [key, , mode, , , , , uid] = line.trim().split(/\s+/);
      return `message queue 0x${(Number(key) >>> 0).toString(16)} of ${uid}, mode ${mode}`;
    });
}

function mountsOf(text: string): string[] {
  return lines(text).flatMap((line) => {
    const [from = '', place = '', flags = ''] = line.split(' ').slice(3);
    if (KEPT_MOUNTED.test(place)) return [];
    return [`mount of ${kindOf(line)} ${from} at ${place} ${flags}`];
  });
}

const kindOf = (line: string): string => / - (\S+) /.exec(line)?.[1] ?? '';

function groupsOf(text: string): string[] {
  const roots = lines(text)
    .filter((line) => /^cgroup2?$/.test(kindOf(line)))
    .map((line) => line.split(' ')[4] ?? '');
  return [...new Set(roots)].flatMap((root) =>
    directories(root)
      .filter((name) => !OF_SERVICES.test(name))
      .map((name) => `control group ${path.join(root, name)}`),
  );
}

function loopsIn(blocks: string): string[] {
  return names(blocks).flatMap((name) => {
    try {
      return [`loop device of ${readFileSync(path.join(blocks, name, 'loop/backing_file'), 'utf8').trim()}`];
    } catch {
      return [];
    }
  });
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function directories(place: string): string[] {
  try {
    return readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

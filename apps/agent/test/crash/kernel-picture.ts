import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { netnsDirectory } from '@cellblock/shared/owned-names';

const run = promisify(execFile);

/**
 * Everything that one agent has in the kernel and on the disk, one line per object, as the system's own
 * programs show it: what is the same gives the same lines, whatever happened on the way.
 */
export async function kernelPicture(o: {
  netns: string;
  instance: string;
  directory: string;
  /** where `spawn` and `keeper` lie: nobody else runs them from there */
  programs: string;
}): Promise<string[]> {
  const jails = namesIn(netnsDirectory(o.instance));
  const inside = await Promise.all(
    jails.map((key) => networkOfJail(join(netnsDirectory(o.instance), key), key)),
  );
  return [
    ...(await network(o.netns, 'host')),
    ...inside.flat(),
    ...(await filters(o.netns)),
    ...below(`/run/cellblock/${o.instance}`),
    ...claims(o.instance),
    ...mounts(o),
    ...(await groups(o.instance)),
    ...processes(o),
    ...files(o.directory),
  ].sort();
}

/** A name that leads to no namespace is a picture too: of one on its way in or out, or of one that was left. */
function networkOfJail(netns: string, key: string): Promise<string[]> {
  return network(netns, `jail ${key}`).catch((error: Error) => {
    if (!/^nsenter: (cannot open|reassociate)/m.test(error.message)) throw error;
    return [`jail ${key}: a name without a network namespace`];
  });
}

async function network(netns: string, where: string): Promise<string[]> {
  const ask = async (...args: string[]) =>
    (await run('nsenter', [`--net=${netns}`, ...args])).stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [links, addresses, routes, routes6, neighbours, proxies, forwarding] = await Promise.all([
    ask('ip', '-o', 'link'),
    ask('ip', '-o', 'addr'),
    ask('ip', 'route'),
    ask('ip', '-6', 'route'),
    ask('ip', 'neigh', 'show', 'nud', 'permanent'),
    ask('ip', 'neigh', 'show', 'proxy'),
    ask('bridge', 'fdb', 'show'),
  ]);
  const named = (kind: string, lines: string[]) =>
    lines.map((line) => `${where}: ${kind} ${line.replace(/\s+/g, ' ').trim()}`);
  return [
    // Numbers of links grow for ever, a carrier comes when it comes, and ports get addresses by chance.
    ...named(
      'link',
      links.map((line) =>
        line
          .replace(/^\d+: /, '')
          .replace(/@if\d+|link-netnsid \d+|<.*?>|state \w+/g, '')
          .replace(/^(v\w+:.*link\/ether) \S+/, '$1 …'),
      ),
    ),
    ...named(
      'address',
      addresses.map((line) => line.replace(/^\d+: /, '').replace(/valid_lft.*$|tentative/g, '')),
    ),
    ...named(
      'route',
      [...routes, ...routes6].map((line) => line.replace(/ linkdown| pref medium/g, '')),
    ),
    ...named('neighbour', [...neighbours, ...proxies]),
    ...named(
      'forwarding',
      forwarding
        // A segment of the administrator's learns, groups are the kernel's own; a port's own address is there as long as the port is.
        .filter((line) => / permanent| static/.test(line) && !/^(33:33|01:00:5e)/.test(line))
        .map((line) => line.replace(/^\S+ (dev v\S+ .*permanent)$/, '… $1')),
    ),
  ];
}

async function filters(netns: string): Promise<string[]> {
  const { stdout } = await run('nsenter', [`--net=${netns}`, 'nft', '-j', 'list', 'ruleset']);
  const { nftables } = JSON.parse(stdout) as { nftables: Record<string, Record<string, unknown>>[] };
  return nftables.flatMap((entry) => {
    const [[kind, object] = ['', {}]] = Object.entries(entry);
    if (kind === 'metainfo') return [];
    const { handle: _, elem, ...rest } = object;
    const elements = ((elem as unknown[]) ?? []).map(
      (one) => `nft element of ${String(object.name)}: ${JSON.stringify(one)}`,
    );
    return [
      `nft ${kind} ${JSON.stringify(rest).replace(/"(packets|bytes)":\s*\d+/g, '"$1":0')}`,
      ...elements,
    ];
  });
}

function claims(instance: string): string[] {
  const registry = '/run/cellblock/ids';
  return namesIn(registry).flatMap((name) => {
    const text = textOf(join(registry, name)).trim();
    // Which range it is does not matter; that it is one does.
    return text.startsWith(instance) ? [`claim${name.startsWith('.') ? ' draft' : ''} ${text}`] : [];
  });
}

function mounts(o: { instance: string; directory: string }): string[] {
  return textOf('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`/run/cellblock/${o.instance}/`) || point.startsWith(o.directory))
    .map((point) => `mount ${point}`);
}

function hierarchies(): string[] {
  return textOf('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
}

async function groups(instance: string): Promise<string[]> {
  const found = hierarchies().flatMap((root) =>
    below(join(root, `cellblock-${instance}`), 'directories').map((place) => ({
      place,
      name: relative(root, place),
    })),
  );
  const names = [...new Set(found.map(({ name }) => name))];
  return [...found.map(({ place }) => place), ...(await Promise.all(names.map(devicesOf)))];
}

const kernel = createLinuxKernel();

/** In the v2 tree a program of the kernel's, which no directory shows. */
async function devicesOf(name: string): Promise<string> {
  const { devices } = (await kernel.readCgroup({ name })) ?? {};
  return `devices of ${name}: ${devices == null ? 'all' : devices.join(', ')}`;
}

/** All in the agent's control groups, and keepers and builders wherever they are. */
function processes(o: { instance: string; programs: string }): string[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const group = new RegExp(`cellblock-${o.instance}(/\\w+)?`).exec(textOf(`/proc/${pid}/cgroup`));
      const name = textOf(`/proc/${pid}/comm`).trim();
      if (group) return [`process ${name} in ${group[0]}`];
      return programOf(pid).startsWith(o.programs) ? [`process ${name}`] : [];
    });
}

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** What the agent keeps of its jails; of a jail's own storage only that it is there. */
function files(directory: string): string[] {
  const agent = join(directory, 'agent');
  return namesIn(agent).flatMap((name) => {
    const path = join(agent, name);
    if (name.startsWith('etc-') || name === 'receipts') return [`file ${name.slice(0, 4)}`];
    if (name !== 'jails' || !isDirectory(path))
      return [`file ${name}`, ...namesIn(path).map((one) => `file ${name}/${one}`)];
    return namesIn(path).flatMap((jail) => [
      `file jails/${jail}`,
      ...namesIn(join(path, jail)).map((one) => `file jails/${jail}/${one}`),
      ...namesIn(join(path, jail, 'run')).map((one) => `file jails/${jail}/run/${one}`),
      ...namesIn(join(path, jail, 'storage')).map((one) => `file jails/${jail}/storage/${one}`),
    ]);
  });
}

function below(place: string, what: 'all' | 'directories' = 'all'): string[] {
  return namesIn(place).flatMap((name) => {
    const path = join(place, name);
    if (isDirectory(path)) return [path, ...below(path, what)];
    return what === 'all' ? [path] : [];
  });
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place).sort();
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What `after` has and `before` had not, and the other way round; a line may be there several times. */
export function pictureDifference(before: readonly string[], after: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const line of after) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of before) count.set(line, (count.get(line) ?? 0) - 1);
  return [...count].flatMap(([line, n]) => (n === 0 ? [] : [`${n > 0 ? '+' : '-'} ${line}`])).sort();
}

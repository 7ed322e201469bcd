import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { netnsDirectory, netnsPath } from '@cellblock/shared/owned-names';
import { inTurns } from '../apply/in-turns.ts';
import { readStart } from '../read-start.ts';
import type { WardenHost } from '../warden-host.ts';
import { queueKey, systemVObjects, victimsNonce } from './ipc-objects.ts';
import { STAGE_MARK } from './stage.ts';
import { isOnStage } from './stage-key.ts';
import { stageDirectory } from './sweep-stage.ts';

/** More than what a stage gives to a process of its own. */
const ENVIRONMENT_BYTES = 16_384;
const PROCESSES_AT_ONCE = 16;

/**
 * What a run could leave behind, one line per object, as the kernel shows it now. The host goes on meanwhile,
 * and others with it: `ofStage` tells which lines are a run's.
 */
export async function takePicture(host: WardenHost): Promise<string[]> {
  const { kernel, instance, paths } = host;
  const pins = await kernel.listNetns({ directory: netnsDirectory(instance) });
  const [own, claims, ...inside] = await Promise.all([
    network(kernel),
    host.ids.list(),
    ...pins
      .filter((key) => isOnStage(key, host.spec()))
      // One that is on its way in or out leads nowhere.
      .map((key) => network(kernel, netnsPath(instance, key)).catch(() => [])),
  ]);
  return [
    ...own,
    ...inside.flat(),
    // Other agents on this kernel have stages too.
    ...claims
      .filter(({ instance }) => instance === host.instance)
      .map(({ base, instance, jailKey }) => `ids ${base} ${instance} ${jailKey}`),
    ...(await mounts()).filter((line) => !ofAnotherAgent(line, host.instance)),
    ...(await groups(host.instance)),
    ...(await stageProcesses(host.instance)),
    ...(await filesBelow(`/run/cellblock/${host.instance}`)),
    ...(await filesBelow(stageDirectory(paths))),
    ...(await systemVObjects()),
    // Memory and queues of POSIX, where the host shows these.
    ...(await filesBelow('/dev/shm')),
    ...(await filesBelow('/dev/mqueue')),
    ...(await names(paths.jails)).map((name) => `file ${join(paths.jails, name)}`),
  ].sort();
}

/** Of the host's own network, or of what is pinned there. */
async function network(kernel: WardenHost['kernel'], netns?: string): Promise<string[]> {
  const where = netns === undefined ? {} : { netns };
  const [links, addresses, routes, tables] = await Promise.all([
    kernel.listLinks(where),
    kernel.listAddresses(where),
    kernel.listRoutes(where),
    kernel.listNftTables(where),
  ]);
  return [
    ...links.map(({ name }) => `link ${name}`),
    ...addresses.map(({ link, prefix }) => `address ${prefix} on ${link}`),
    ...routes.map(
      ({ destination, gateway, link }) => `route ${destination} by ${gateway ?? 'itself'} on ${link}`,
    ),
    ...tables.map(({ family, table }) => `nft table ${family} ${table}`),
  ].map((line) => (netns === undefined ? line : `${line} in ${netns}`));
}

/** What `after` has and `before` had not (`+`), and the other way round (`-`). */
export function pictureChange(before: readonly string[], after: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const line of after) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of before) count.set(line, (count.get(line) ?? 0) - 1);
  return [...count].flatMap(([line, n]) => (n === 0 ? [] : [`${n > 0 ? '+' : '-'} ${line}`])).sort();
}

/** By what a stage's objects are known: another agent on this kernel may have a stage too. */
export interface StageMarks {
  instance: string;
  directory: string;
  nonce: string;
}

/** Whether a line is of this stage: by a throw-away jail's key, its directory, its nonce, or a key made of that. */
export function ofStage(line: string, stage: StageMarks): boolean {
  const { instance, directory, nonce } = stage;
  return (
    (line.includes('onstage') && line.includes(instance)) ||
    [directory, nonce, queueKey(nonce), queueKey(victimsNonce(nonce))].some((mark) => line.includes(mark))
  );
}

/** Its namespaces are pinned where ours are, under its own name. */
function ofAnotherAgent(line: string, instance: string): boolean {
  const owner = / \/run\/cellblock\/([0-9a-f]{8})\//.exec(line)?.[1];
  return owner !== undefined && owner !== instance;
}

async function mounts(): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  // Without its numbers, which grow for ever: root, place and flags.
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `mount ${line.split(' ').slice(3, 6).join(' ')}`);
}

async function groups(instance: string): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  const roots = text
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  const found = await Promise.all(
    [...new Set(roots)].map(async (root) => {
      const parent = join(root, `cellblock-${instance}`);
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => null);
      if (entries === null) return [];
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `group ${join(parent, name)}`);
    }),
  );
  return found.flat();
}

/** Those that carry a stage's mark, or lie in a throw-away jail's group. */
export async function stageProcesses(instance: string): Promise<string[]> {
  const inTurn = inTurns(PROCESSES_AT_ONCE);
  const pids = (await names('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => inTurn(() => stageProcess(instance, pid))));
  return found.flat();
}

async function stageProcess(instance: string, pid: string): Promise<string[]> {
  const [group, environment, program] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''),
    // Jails' processes are among them.
    readStart(`/proc/${pid}/environ`, ENVIRONMENT_BYTES).catch(() => Buffer.alloc(0)),
    readlink(`/proc/${pid}/exe`).catch(() => ''),
  ]);
  // What has ended has no program any more, and goes as soon as its parent has looked.
  if (program === '') return [];
  const jail = new RegExp(`cellblock-${instance}/onstage[a-z2-7]`).exec(group)?.[0];
  const mark = new RegExp(`(?:^|\\0)${STAGE_MARK}=([0-9a-f]+)`).exec(environment.toString('latin1'))?.[1];
  return jail || mark ? [`process ${program} ${jail ?? ''} ${mark ?? ''}`] : [];
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.map((entry) => `file ${join(entry.parentPath, entry.name)}`);
}

async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

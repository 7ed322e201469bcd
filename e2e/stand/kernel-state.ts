import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { cgroupHierarchies } from './end-instance.ts';
import { mustRun } from './run-program.ts';
import { allProcesses, processesInNetns } from './site-processes.ts';
import { standPrefix } from './stand-name.ts';

/** Everything in the kernel that an agent could leave behind, one line per object. */
export async function kernelState(netns: string): Promise<string[]> {
  const inside = async (...argv: string[]) => (await mustRun(argv, { netns })).stdout.split('\n');
  const outside = async (...argv: string[]) => (await mustRun(argv)).stdout.split('\n');
  const named = (kind: string, lines: string[]) =>
    lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => `${kind}: ${line}`);
  return [
    ...named('link in site', (await inside('ip', '-o', 'link')).map(linkName)),
    ...named('link', (await outside('ip', '-o', 'link')).map(linkName)),
    ...named(
      'address in site',
      (await inside('ip', '-o', 'addr')).map((line) =>
        / inet6 fe80/.test(line) ? '' : (line.split('valid_lft')[0] ?? ''),
      ),
    ),
    ...named('route in site', await inside('ip', 'route')),
    ...named(
      'route6 in site',
      (await inside('ip', '-6', 'route')).filter((line) => !line.startsWith('fe80')),
    ),
    ...named('nft in site', await inside('nft', 'list', 'tables')),
    ...named('nft', await outside('nft', 'list', 'tables')),
    ...named('netns', filesBelow('/run/netns')),
    ...named('run', filesBelow('/run/cellblock').map(withClaim)),
    ...named(
      'mount',
      readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[4] ?? ''),
    ),
    ...named('cgroup', cgroupHierarchies().flatMap(ourCgroups)),
    ...named('process', ourProcesses(netns)),
  ].sort();
}

/**
 * Lines that carry the mark of another agent or stand: they come and go beside us. Everything else that has
 * changed is ours, whatever it is called.
 */
export function ofOthers(line: string, instance: string): boolean {
  const marks = [...line.matchAll(/(?:cellblock[-_/]|ids\/\d+ )([0-9a-f]{8})\b/g)].map((match) => match[1]);
  if (marks.length > 0) return !marks.includes(instance);
  if (line.includes(standPrefix)) return false;
  // Another agent's data directory may be called anything; what it mounts there has one name. Trees without an
  // agent are made by tests of packages/native.
  return /cellblock-(stand|e2e)-|\/agent\/jails$|\/tree-\w{6}(\/|$)/.test(line);
}

/** A claim of host ids says in its text whose it is. */
function withClaim(file: string): string {
  if (!/\/ids\/\d+$/.test(file)) return file;
  try {
    return `${file} ${readFileSync(file, 'utf8').trim()}`;
  } catch {
    return file;
  }
}

/** Lines of `after` that `before` did not have, and the other way round. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
  ];
}

const linkName = (line: string) => line.split(': ')[1] ?? '';

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    return entry.isDirectory() ? [file, ...filesBelow(file)] : [file];
  });
}

/** Other programs of the machine come and go; ours carry our name. */
function ourCgroups(hierarchy: string): string[] {
  return existsSync(hierarchy)
    ? readdirSync(hierarchy)
        .filter((name) => name.includes('cellblock'))
        .map((name) => path.join(hierarchy, name))
    : [];
}

/** By the control group that they are in, the program that they run, or the network that they were started on. */
function ourProcesses(netns: string): string[] {
  const onSite = new Set(processesInNetns(netns));
  return allProcesses().flatMap((pid) => {
    try {
      const program = readlinkSync(`/proc/${pid}/exe`);
      // Whose it is, where its program does not say so: another agent's jails run the host's own.
      const [group] = /cellblock-[0-9a-f]{8}\b/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? [];
      const line = [pid, program, group ?? (onSite.has(pid) ? 'on site' : '')].join(' ').trim();
      return group || onSite.has(pid) || /cellblock-e2e-/.test(program) ? [line] : [];
    } catch {
      return [];
    }
  });
}

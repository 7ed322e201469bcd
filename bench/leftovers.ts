import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesWith } from './memory.ts';

/**
 * What a run has left on the machine, one line each. Its network and mount namespaces end with it; the rest is
 * known by the names of its agents (`instances`) and by its directories.
 */
export function leftovers(o: { directories: readonly string[]; instances: readonly string[] }): string[] {
  return [
    ...o.instances.flatMap((instance) => [
      ...entries(`/run/cellblock/${instance}/netns`).map((name) => `network namespace ${instance}/${name}`),
      ...entries('/run/cellblock/ids')
        .filter((name) => textOf(`/run/cellblock/ids/${name}`).startsWith(`${instance} `))
        .map((name) => `host ids ${name}`),
      ...groups(`cellblock-${instance}`),
    ]),
    ...groups(`cellblock-bench-${process.pid}`),
    ...groups(`cellblock-bench-${process.pid}-tree`),
    ...o.directories.flatMap((directory) => [
      ...processesWith(directory).map(({ pid, command }) => `process ${pid}: ${command}`),
      ...(existsSync(directory) ? [`directory ${directory}`] : []),
    ]),
  ];
}

function groups(name: string): string[] {
  const top = '/sys/fs/cgroup';
  return [top, ...entries(top).map((hierarchy) => join(top, hierarchy))]
    .map((hierarchy) => join(hierarchy, name))
    .filter((group) => existsSync(group))
    .map((group) => `control group ${group}`);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // given back meanwhile
  }
}

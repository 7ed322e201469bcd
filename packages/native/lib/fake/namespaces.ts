import { posix } from 'node:path';
import type { Kernel } from '../kernel.ts';
import { removeAllLinks } from './links.ts';
import { newNamespace, refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

export function createNetns(world: World, o: Options<'createNetns'>) {
  const step = `create network namespace ${o.path}`;
  world.begin(step);
  if (world.namespaces.has(o.path)) refuse(step, 'EEXIST');
  world.namespaces.set(o.path, newNamespace());
}

export function removeNetns(world: World, o: Options<'removeNetns'>) {
  const step = `remove network namespace ${o.path}`;
  world.begin(step);
  const namespace = world.namespaces.get(o.path) ?? refuse(step, 'ENOENT');
  removeAllLinks(namespace);
  world.namespaces.delete(o.path);
}

export function listNetns(world: World, o: Options<'listNetns'>): string[] {
  world.begin(`list network namespaces in ${o.directory}`);
  const directory = posix.resolve(o.directory);
  return [...world.namespaces.keys()]
    .filter((path) => path !== '' && posix.dirname(path) === directory)
    .map((path) => posix.basename(path))
    .sort();
}

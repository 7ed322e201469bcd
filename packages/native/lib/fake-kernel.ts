import * as addresses from './fake/addresses.ts';
import * as links from './fake/links.ts';
import * as namespaces from './fake/namespaces.ts';
import * as neighbours from './fake/neighbours.ts';
import * as nft from './fake/nft.ts';
import * as sysctls from './fake/sysctls.ts';
import { type PlannedFailure, World } from './fake/world.ts';
import type { Kernel } from './kernel.ts';

/** Each verb acts on the world at once and answers in a promise, as the kernel's do. */
function verbsOf<Verbs extends Record<string, (world: World, o: never) => unknown>>(
  world: World,
  verbs: Verbs,
) {
  const bound = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (o: never) => structuredClone(verb(world, o)),
  ]);
  return Object.fromEntries(bound) as {
    [Name in keyof Verbs]: (o: Parameters<Verbs[Name]>[1]) => Promise<ReturnType<Verbs[Name]>>;
  };
}

/** A kernel in memory: the same verbs, the same errnos, no root. `failures` names acts that are to fail; the
 *  list may be added to later. Steps are worded as in the real kernel's errors. */
export function createFakeKernel(o: { failures?: PlannedFailure[] } = {}): Kernel {
  const world = new World(o.failures ?? []);
  return {
    ...verbsOf(world, namespaces),
    ...verbsOf(world, {
      createBridge: links.createBridge,
      createVeth: links.createVeth,
      deleteLink: links.deleteLink,
      setLink: links.setLink,
      setBridgePort: links.setBridgePort,
      listLinks: links.listLinks,
    }),
    ...verbsOf(world, addresses),
    ...verbsOf(world, neighbours),
    ...verbsOf(world, sysctls),
    ...verbsOf(world, nft),
  } as Kernel;
}

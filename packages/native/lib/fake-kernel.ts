import * as addresses from './fake/addresses.ts';
import * as cgroups from './fake/cgroups.ts';
import * as links from './fake/links.ts';
import * as mounts from './fake/mounts.ts';
import * as namespaces from './fake/namespaces.ts';
import * as neighbours from './fake/neighbours.ts';
import * as nft from './fake/nft.ts';
import { mayRaiseLimits, readProcessLimits, setProcessLimit } from './fake/process-limits.ts';
import { endProcess, processStartTime, signalProcess, startProcess, waitProcess } from './fake/processes.ts';
import * as projects from './fake/projects.ts';
import * as sysctls from './fake/sysctls.ts';
import { watch } from './fake/watch.ts';
import { type PlannedFailure, World } from './fake/world.ts';
import type { Kernel } from './kernel.ts';

export interface FakeKernel extends Kernel {
  /** Acts that are to fail; may be changed at any time. */
  readonly failures: PlannedFailure[];
  /** A process appears, in a group when one is named; nothing runs in it. */
  startProcess(o?: { cgroup?: string }): { pid: number; startTime: number };
  /** It ends by itself. */
  endProcess(pid: number): void;
}

/** Each verb acts on the world at once and answers in a promise, as the kernel's do. */
function verbsOf<Verbs extends Record<string, (world: World, o: never) => unknown>>(
  world: World,
  verbs: Verbs,
) {
  const bound = Object.entries(verbs).map(([name, verb]) => [name, async (o: never) => verb(world, o)]);
  return Object.fromEntries(bound) as {
    [Name in keyof Verbs]: (o: Parameters<Verbs[Name]>[1]) => Promise<Awaited<ReturnType<Verbs[Name]>>>;
  };
}

/** A kernel in memory: the same verbs, the same errnos, no root. `failures` names acts that are to fail, by
 *  their step, worded as in the real kernel's errors; its file systems count projects when `countsProjects`, and we
 *  may raise limits unless `raisesLimits` is false. */
export function createFakeKernel(
  o: { failures?: PlannedFailure[]; countsProjects?: boolean; raisesLimits?: boolean } = {},
): FakeKernel {
  const world = new World(o.failures ?? [], o);
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
    ...verbsOf(world, cgroups),
    ...verbsOf(world, mounts),
    ...verbsOf(world, projects),
    ...verbsOf(world, { processStartTime, signalProcess, waitProcess }),
    ...verbsOf(world, { readProcessLimits, setProcessLimit, mayRaiseLimits }),
    listControllers: async () => cgroups.listControllers(world),
    watch: (options) => watch(world, options),
    failures: world.failures,
    startProcess: (options) => {
      const { pid, startTime } = startProcess(world, options);
      return { pid, startTime };
    },
    endProcess: (pid) => endProcess(world, pid),
  };
}

import type { Controller } from '@cellblock/native/kernel';
import type { Check } from './host-check.ts';

type Name = 'memory' | 'cpu' | 'pids' | 'io' | 'devices';

const LOST: Record<Name, string> = {
  memory: 'memory limits are refused, and usage is not shown',
  cpu: 'cpu limits and weights are refused, and usage is not shown',
  pids: 'process limits are refused: a fork bomb in a jail is bounded by the host only',
  io: 'limits on reading and writing are refused, and usage is not shown: a jail can keep the disk busy for all',
  devices:
    'a jail that came by the node of a device could open it; that it can make none and mounts have nodev still holds',
};

const FIX: Partial<Record<Name, string>> = {
  memory: 'boot with cgroup_enable=memory',
  devices: 'boot a kernel with CONFIG_CGROUP_BPF',
};

function controllerCheck(name: Name): Check {
  return {
    id: `cgroup-${name}`,
    title: `Control group: ${name}`,
    async look({ kernel, dataDirectory }) {
      const found: Controller | undefined = (await kernel.listControllers()).find(
        (controller) => controller.name === name,
      );
      if (!found) {
        return {
          verdict: 'lack',
          evidence: `no hierarchy has the ${name} controller`,
          lost: LOST[name],
          fix: FIX[name] ?? `boot a kernel with the ${name} controller`,
        };
      }
      const evidence = `v${found.version} at ${found.mount}`;
      if (name !== 'io') return { verdict: 'have', evidence };
      const disk = await kernel.diskOf({ path: dataDirectory });
      const lost = [
        disk === null ? `${dataDirectory} lies on no disk: limits on reading and writing are refused` : null,
        disk !== null && !(await kernel.diskHasWeights({ device: disk }))
          ? `weights are refused: the scheduler of disk ${disk} knows none (bfq does)`
          : null,
        found.version === 1
          ? "v1 bounds what programs read and write directly: what the kernel writes later from its cache is nobody's"
          : null,
      ].filter((one) => one !== null);
      return { verdict: 'have', evidence, ...(lost.length > 0 ? { lost: lost.join('; ') } : {}) };
    },
  };
}

export const CGROUP_CHECKS: readonly Check[] = (['memory', 'cpu', 'pids', 'io', 'devices'] as const).map(
  controllerCheck,
);

import type { Controller } from '@cellblock/native/kernel';
import type { Check } from './host-check.ts';

const LOST: Record<'memory' | 'cpu' | 'pids', string> = {
  memory: 'memory limits are refused, and usage is not shown',
  cpu: 'cpu limits are refused, and usage is not shown',
  pids: 'process limits are refused: a fork bomb in a jail is bounded by the host only',
};

function controllerCheck(name: 'memory' | 'cpu' | 'pids'): Check {
  return {
    id: `cgroup-${name}`,
    title: `Control group: ${name}`,
    async look({ kernel }) {
      const found: Controller | undefined = (await kernel.listControllers()).find(
        (controller) => controller.name === name,
      );
      if (found) return { verdict: 'have', evidence: `v${found.version} at ${found.mount}` };
      return {
        verdict: 'lack',
        evidence: `no hierarchy has the ${name} controller`,
        lost: LOST[name],
        fix:
          name === 'memory' ? 'boot with cgroup_enable=memory' : `boot a kernel with the ${name} controller`,
      };
    },
  };
}

export const CGROUP_CHECKS: readonly Check[] = (['memory', 'cpu', 'pids'] as const).map(controllerCheck);

import { HostState } from '@cellblock/shared/host-state';
import type { ResourceLimits } from '@cellblock/shared/jail-spec';
import { raisedLimits } from '@cellblock/shared/resource-limits-change';

/** What is said to whoever gives a running jail limits that its host cannot give to processes that run; nothing when
 *  they hold at once. The host's planner goes by the same rule. */
export function limitsWait(
  host: { name: string; kernelState: unknown },
  jail: { key: string; name: string },
  wanted: ResourceLimits,
): string[] {
  const state = HostState.safeParse(host.kernelState).data;
  const process = state?.jails.find(({ key }) => key === jail.key)?.process;
  if (process?.state !== 'running' || process.resourceLimits === null) return [];
  const until = `Until then it runs on as it is; to start it anew: cellblock restart ${jail.name}`;
  if (process.resourceLimits === undefined)
    return [
      `resourceLimits: from the next start of ${jail.name}, as the agent of host ${host.name} is of an older build. ${until}`,
    ];
  const raised = raisedLimits(process.resourceLimits, wanted);
  if (raised.length === 0 || state?.raisesLimits) return [];
  return [
    `resourceLimits: from the next start of ${jail.name}, all of them. Its processes may have no more ${raised.join(', ')} than they have, and root of host ${host.name} may not raise that: it lacks CAP_SYS_RESOURCE. ${until}`,
  ];
}

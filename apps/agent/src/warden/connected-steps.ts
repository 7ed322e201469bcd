import { type HostSpec, jailsOf } from '@cellblock/shared/host-spec';
import type { Step } from '@cellblock/shared/step';

/** Steps that must be done in order by one hand, in the order of the plan. */
export interface ConnectedSteps {
  /** jails and addresses that they are about */
  members: ReadonlySet<string>;
  steps: Step[];
}

/** Removing a network's plumbing waits for its jails' links; making it does not concern them yet. */
const AFTER_ITS_JAILS = new Set<Step['kind']>(['bridge.remove', 'nat.remove', 'bridge.address.remove']);

/**
 * Splits a plan into what the host needs first and into sets that share no jail and no address: those may
 * be applied at the same time, and a jail that takes long to stop keeps nobody else waiting.
 */
export function connectedSteps(
  spec: HostSpec,
  steps: readonly Step[],
): { first: Step[]; sets: ConnectedSteps[] } {
  const parents = new Map<string, string>();
  const find = (key: string): string => {
    const parent = parents.get(key);
    if (parent === undefined || parent === key) return key;
    const root = find(parent);
    parents.set(key, root);
    return root;
  };
  const placed = steps.map((step) => ({ step, members: membersOf(spec, step) }));
  for (const { members } of placed) {
    for (const member of members) {
      if (!parents.has(member)) parents.set(member, member);
      parents.set(find(member), find(members[0] ?? member));
    }
  }
  const first = placed.filter(({ members }) => members.length === 0).map(({ step }) => step);
  const groups = Map.groupBy(
    placed.filter(({ members }) => members.length > 0),
    ({ members }) => find(members[0] ?? ''),
  );
  const sets = [...groups.values()].map((group) => ({
    members: new Set(group.flatMap(({ members }) => members)),
    steps: group.map(({ step }) => step),
  }));
  return { first, sets };
}

function membersOf(spec: HostSpec, step: Step): string[] {
  const members: string[] = [];
  if ('jail' in step) members.push(`jail ${step.jail}`);
  if ('jail' in step && 'address' in step) members.push(`address ${step.address}`);
  if ('network' in step && AFTER_ITS_JAILS.has(step.kind)) {
    members.push(`network ${step.network}`);
    for (const jail of jailsOf(spec)) {
      if (jail.interfaces.some((inside) => inside.network === step.network)) members.push(`jail ${jail.key}`);
    }
  }
  return members;
}

import { type HostSpec, jailsOf, networksOf, specKey } from '../host-spec.ts';
import type { HostState } from '../host-state.ts';
import { portName } from '../owned-names.ts';
import type { Step } from '../step.ts';
import { addressAdditions, addressRemovals, neighbourRemovals, removalCauses } from './address-steps.ts';
import { hiddenProcessSteps } from './hidden-processes.ts';
import {
  netnsRemoval,
  processStart,
  processStop,
  surroundingsAdditions,
  surroundingsRemovals,
} from './jail-surroundings-steps.ts';
import { leftoverSteps } from './leftover-steps.ts';
import { guardRemovals, linkAdditions, linkRemovals } from './link-steps.ts';
import {
  bridgeAdditions,
  bridgeAddressRemovals,
  bridgeRemovals,
  guardSteps,
  hostSettingSteps,
  natAdditions,
  natRemovals,
} from './network-steps.ts';
import { processLimits } from './process-limits.ts';
import { routeAdditions, routeRemovals } from './route-steps.ts';
import { seenState } from './seen-state.ts';
import { type PlanOptions, type WantedJail, wantedOf } from './wanted.ts';

/**
 * The ordered difference between what a host should be and what it is; empty when there is none.
 *
 * Removals come first, across all jails, so that an address has left one jail before it reaches another.
 * On the way up the guard comes before the link, the link before the address, the address before the
 * process; on the way down the guard goes last.
 */
export function plan(spec: HostSpec, given: HostState, options: PlanOptions = {}): Step[] {
  const state = seenState(given);
  const wanted = wantedOf(spec, state, options);
  const causeOf = removalCauses(spec);
  const jails = wanted.jails.map((jail) => ({
    jail,
    seen: state.jailByKey.get(jail.spec.key),
    gone: portsToRemove(jail, spec, state),
  }));

  return [
    ...jails.flatMap(({ jail, seen }) => processStop(jail, seen)),
    ...jails.flatMap(({ jail, seen }) => [
      ...routeRemovals(jail, seen),
      ...addressRemovals(jail, seen, state, causeOf),
    ]),
    ...jails.flatMap(({ jail, seen, gone }) => [
      // The kernel takes the ports of a namespace that dies at once, and one port that is deleted takes 30 ms.
      ...netnsRemoval(jail, seen),
      ...linkRemovals(jail, gone, state, netnsRemoval(jail, seen).length > 0),
      ...guardRemovals(jail, gone, state).map((step) =>
        step.kind === 'guard.address.remove' ? { ...step, ...causeOf(jail, step.address) } : step,
      ),
    ]),
    ...neighbourRemovals(wanted, state, causeOf),
    ...jails.flatMap(({ jail, seen }) => surroundingsRemovals(jail, seen)),
    ...(options.incomplete ? [] : leftoverSteps(spec, state)),
    ...natRemovals(wanted, state),
    ...bridgeAddressRemovals(wanted, state),
    ...bridgeRemovals(wanted, state, new Set(jails.flatMap(({ gone }) => gone))),

    ...hiddenProcessSteps(state),
    ...hostSettingSteps(wanted, state),
    ...guardSteps(wanted, state),
    ...bridgeAdditions(wanted, state),
    ...natAdditions(wanted, state),
    ...jails.flatMap(({ jail, seen }) => {
      const addresses = addressAdditions(jail, seen, state);
      return [
        ...surroundingsAdditions(jail, seen),
        ...addresses.before,
        ...linkAdditions(jail, seen, state),
        ...addresses.after,
        ...routeAdditions(jail, seen),
        // Last of a jail that runs: processes that refuse keep it from nothing else.
        ...processLimits(jail, seen, state),
        ...processStart(jail),
      ];
    }),
  ];
}

/** All ports of a jail that is to be down; of a living one those on networks that are to go. */
function portsToRemove(jail: WantedJail, spec: HostSpec, state: HostState): string[] {
  const absent = new Set(
    networksOf(spec)
      .filter((network) => network.wanted === 'absent')
      .map((network) => network.id),
  );
  return jail.spec.interfaces
    .filter((inside) => !jail.life.up || absent.has(inside.network))
    .map((inside) => portName(state.instance, inside.key));
}

/** Whether nothing of a jail is left on the host; its storage may remain unless it was to be purged. */
export function isGone(spec: HostSpec, state: HostState, jailId: string): boolean {
  const jail = jailsOf(spec).find((candidate) => candidate.id === jailId);
  if (!jail) return true;
  return !plan(spec, state).some((step) => step.object === specKey(jail));
}

import type { Bounds } from '@cellblock/shared/bounds';
import {
  addressesOf,
  type HostSpec,
  jailsOf,
  type SpecKey,
  type SpecObject,
} from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { HostFacts } from '@cellblock/shared/host-status';
import { portName } from '@cellblock/shared/owned-names';
import { plan } from '@cellblock/shared/plan/plan';
import type { Step, StepKind } from '@cellblock/shared/step';
import { refusedObjects } from './refusals.ts';

/** What giving or taking an address of a running jail consists of. */
const ADDRESS_STEPS: ReadonlySet<StepKind> = new Set<StepKind>([
  'guard.address.add',
  'guard.address.remove',
  'address.add',
  'address.remove',
  'neighbour.add',
  'neighbour.remove',
  'route.add',
  'route.remove',
]);

/** A spec that names nothing but some jails, their addresses and all networks. */
export function specAround(spec: HostSpec, jailKeys: ReadonlySet<string>): HostSpec {
  const objects = new Map<SpecKey, SpecObject>();
  const ids = new Set<string>();
  for (const [key, object] of spec.objects) {
    if (object.kind === 'network') objects.set(key, object);
    if (object.kind !== 'jail' || !jailKeys.has(object.key)) continue;
    objects.set(key, object);
    ids.add(object.id);
  }
  for (const [key, object] of spec.objects)
    if (object.kind === 'address' && ids.has(object.jail)) objects.set(key, object);
  return { generation: spec.generation, objects };
}

/**
 * The steps of a change that is about addresses of running jails and nothing else, planned from what was seen
 * last, so that it need not wait for a look at the whole host; null: it is about more, or this host may have to
 * refuse something, and the regular pass has to decide. `around` is the part of the spec that has changed.
 */
export function addressSteps(o: {
  spec: HostSpec;
  around: HostSpec;
  state: HostState;
  bounds: Bounds;
  facts: HostFacts;
}): Step[] | null {
  const jails = jailsOf(o.around);
  const ours = addressesOf(o.around);
  const wanted = new Set(ours.filter(({ wanted: is }) => is === 'present').map(({ address }) => address));
  for (const [key, object] of o.spec.objects) {
    const elsewhere = object.kind === 'address' && object.wanted === 'present' && !o.around.objects.has(key);
    // Given to one while another is to have it too, or has to lose it first.
    if (elsewhere && wanted.has(object.address)) return null;
  }
  if (jails.some(({ wanted: is }) => is !== 'running')) return null;
  if (refusedObjects(o.around, o.bounds, o.facts).length > 0) return null;
  const state = stateAround(o.state, o.around, new Set(ours.map(({ address }) => address)));
  if (state.jails.length !== jails.length) return null;
  if (state.jails.some(({ process }) => process?.state !== 'running')) return null;
  // What is left out of the spec is no leftover.
  const steps = plan(o.around, state, { incomplete: true });
  return steps.every(({ kind }) => ADDRESS_STEPS.has(kind)) ? steps : null;
}

/** What was seen of these jails, and who else may send from their addresses. */
function stateAround(state: HostState, around: HostSpec, addresses: ReadonlySet<string>): HostState {
  const jails = jailsOf(around);
  const insides = jails.flatMap(({ interfaces }) => interfaces);
  const keys = new Set(jails.map(({ key }) => key));
  const ports = new Set(insides.map(({ key }) => portName(state.instance, key)));
  const macs = new Set(insides.map(({ mac }) => mac));
  return {
    ...state,
    guard: {
      ...state.guard,
      ports: state.guard.ports.filter((port) => ports.has(port)),
      addresses: state.guard.addresses.filter(
        ({ port, address }) => ports.has(port) || addresses.has(address),
      ),
    },
    ports: state.ports.filter(({ name }) => ports.has(name)),
    forwarding: state.forwarding.filter(({ port }) => ports.has(port)),
    neighbours: state.neighbours.filter(({ mac, address }) => macs.has(mac) || addresses.has(address)),
    jails: state.jails.filter(({ key }) => keys.has(key)),
  };
}

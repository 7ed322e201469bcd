import type { SpecObject } from '@cellblock/shared/host-spec';
import { emptyHostState, HostState } from '@cellblock/shared/host-state';
import { linkLocalOf } from '@cellblock/shared/link-local';
import { bridgeMac } from '@cellblock/shared/owned-names';
import { plan } from '@cellblock/shared/plan/plan';
import { planHash } from '@cellblock/shared/plan/plan-hash';
import { describeStep } from '@cellblock/shared/step';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { ChangedHost, Decision } from '../change-fleet.ts';
import type { Tx } from '../db.ts';
import { buildHostSpec, loadSpecRows } from './build-host-spec.ts';

/** Of a host that has never reported. */
const NO_INSTANCE = '00000000';

/**
 * What the hosts would do about a change, from their last reports: the rows are already as they would be.
 * The hash leaves out the ids that are made anew at every try.
 */
export async function planOfChange(
  tx: Tx,
  event: string,
  decision: Decision<unknown>,
  hosts: ReadonlyMap<string, ChangedHost>,
): Promise<PlanView> {
  const warnings = [...(decision.warnings ?? [])];
  const steps = [];
  const generated = new Set<string>();
  let asOf: Date | null = null;
  for (const host of hosts.values()) {
    const spec = buildHostSpec(await loadSpecRows(tx, host.id));
    const state = HostState.safeParse(host.kernelState);
    const instance = state.success ? state.data.instance : NO_INSTANCE;
    for (const object of spec.objects.values())
      if (object.cause === event) collectGenerated(object, instance, generated);
    if (!state.success)
      warnings.push(`Host ${host.name} has not reported its state yet: the plan begins from nothing.`);
    if (state.success) asOf = new Date(state.data.at);
    // What is open from earlier changes would be done all the same; the plan shows what is due to this one.
    const known = state.success ? state.data : emptyHostState(NO_INSTANCE, new Date().toISOString());
    steps.push(...plan(spec, known).filter((step) => step.cause === event));
  }
  const main = decision.host ?? [...hosts.values()][0];
  return {
    hash: planHash(steps, { object: decision.object.name, addresses: decision.addresses ?? [] }, [
      ...generated,
    ]),
    host: main ? { id: main.id, name: main.name } : { id: event, name: '' },
    asOf: asOf?.toISOString() ?? null,
    steps: steps.map((step) => ({ kind: step.kind, text: describeStep(step), object: step.object })),
    conflicts: [],
    warnings,
    addresses: decision.addresses ?? [],
  };
}

/** Ids, keys and MACs that are made for an object, and what its host derives from them. */
function collectGenerated(object: SpecObject, instance: string, into: Set<string>): void {
  into.add(object.id);
  switch (object.kind) {
    case 'network':
      into.add(bridgeMac(instance, object.key)).add(object.key);
      break;
    case 'jail':
      into.add(object.key);
      for (const { id, key, mac } of object.interfaces) into.add(id).add(key).add(linkLocalOf(mac)).add(mac);
      break;
    case 'address':
      into.add(object.jail).add(object.interface).add(object.network);
  }
}

import { emptyHostState, HostState } from '@cellblock/shared/host-state';
import { plan } from '@cellblock/shared/plan/plan';
import { planHash } from '@cellblock/shared/plan/plan-hash';
import { describeStep } from '@cellblock/shared/step';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { ChangedHost, Decision } from '../change-fleet.ts';
import type { Tx } from '../db.ts';
import { buildHostSpec, loadSpecRows } from './build-host-spec.ts';

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
    for (const object of spec.objects.values()) if (object.cause === event) collectIds(object, generated);
    const state = HostState.safeParse(host.kernelState);
    if (!state.success)
      warnings.push(`Host ${host.name} has not reported its state yet: the plan begins from nothing.`);
    if (state.success) asOf = new Date(state.data.at);
    // What is open from earlier changes would be done all the same; the plan shows what is due to this one.
    const known = state.success ? state.data : emptyHostState('00000000', new Date().toISOString());
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

/** Ids, keys and MACs of objects that this change makes. */
function collectIds(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectIds(item, into);
  else if (value !== null && typeof value === 'object') {
    for (const [field, inner] of Object.entries(value)) {
      if (['id', 'key', 'mac', 'jail', 'interface', 'network'].includes(field) && typeof inner === 'string')
        into.add(inner);
      else collectIds(inner, into);
    }
  }
}

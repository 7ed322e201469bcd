import {
  type HostSpec,
  type SpecKey,
  SpecObject,
  type SpecPut,
  type SpecPutAnswer,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import { objectPlanHash } from '@cellblock/shared/plan/plan-hash';
import type { Ledger } from './ledger.ts';

/** Plans that a person approved rest on facts; when those have moved, the put is not accepted. */
export async function refuseMovedFacts(
  ledger: Pick<Ledger, 'spec'>,
  put: SpecPut,
  observe: () => Promise<HostState>,
): Promise<SpecPutAnswer | null> {
  if (put.expect.length === 0) return null;
  const state = await observe();
  const spec = resultOf(ledger.spec, put);
  const moved = put.expect.filter(
    ({ object, hash }) => objectPlanHash(spec, state, object as SpecKey) !== hash,
  );
  if (moved.length === 0) return null;
  return {
    result: 'resync',
    generation: ledger.spec?.generation ?? null,
    reason: `facts have moved since the plan was approved: ${moved.map(({ object }) => object).join(', ')}`,
  };
}

function resultOf(spec: HostSpec | null, put: SpecPut): HostSpec {
  const objects = new Map(put.base === null ? [] : spec?.objects);
  for (const key of put.removed) objects.delete(key as SpecKey);
  for (const value of put.changed) {
    const parsed = SpecObject.safeParse(value);
    if (parsed.success) objects.set(specKey(parsed.data), parsed.data);
  }
  return { generation: put.generation, objects };
}

import {
  type SpecKey,
  SpecObject,
  type SpecPut,
  type SpecPutAnswer,
  specKey,
} from '@cellblock/shared/host-spec';
import { addressSteps, specAround } from './address-change.ts';
import { jailsTouched } from './jails-touched.ts';
import { observeHost } from './observe/observe-host.ts';
import { refuseMovedFacts } from './refuse-moved-facts.ts';
import type { Warden } from './warden.ts';

/** Writes down what a dashboard wants, and sets about making it true. */
export async function takeSpec(warden: Warden, put: SpecPut): Promise<SpecPutAnswer> {
  const { ledger, reconciler } = warden;
  const expected = await refuseMovedFacts(ledger, put, () => observeHost(warden.host));
  if (expected) return expected;
  const before = ledger.spec;
  const answer = await ledger.put(put);
  if (answer.result === 'accepted') {
    globalThis.crashHere?.('warden accepted a spec');
    const jails = jailsTouched(before, ledger.spec, changedKeys(put));
    if (!jails || !hastened(warden, jails)) {
      reconciler.wake({ changed: true, ...(jails ? { jails } : {}) });
    }
    warden.changes.tell();
  }
  return answer;
}

/** A change that only gives or takes addresses is made at once; false: the next pass has to look first. */
function hastened(warden: Warden, jails: readonly string[]): boolean {
  const { reconciler, bounds, facts } = warden;
  const { spec, unreadable } = warden.ledger;
  const { seen } = reconciler;
  if (!spec || !seen || unreadable.length > 0 || seen.accepted.refused.length > 0) return false;
  if (!bounds.known || warden.holds.all().length > 0 || !reconciler.knows(jails)) return false;
  const around = specAround(spec, new Set(jails));
  const steps = addressSteps({ spec, around, state: seen.state, bounds: bounds.bounds, facts });
  if (!steps || steps.length === 0) return false;
  reconciler.apply(steps, { spec: around, frozen: new Set(), refused: [] });
  return true;
}

/** undefined: all of it is new. */
function changedKeys(put: SpecPut): SpecKey[] | undefined {
  if (put.base === null) return undefined;
  const named = put.changed.flatMap((value) => {
    const parsed = SpecObject.safeParse(value);
    return parsed.success ? [specKey(parsed.data)] : [];
  });
  return [...named, ...(put.removed as SpecKey[])];
}

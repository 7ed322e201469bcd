import type { RefusedObject } from '@cellblock/shared/host-status';
import { describeStep } from '@cellblock/shared/step';
import type { StepOutcome } from './apply/apply-set.ts';
import type { ReceiptDraft } from './receipts.ts';

/** Under which spec and bounds something was done or refused. */
interface Under {
  generation: number;
  bounds: string;
}

export function receiptOfStep({ step, failure, applied, ...rest }: StepOutcome, under: Under): ReceiptDraft {
  const { object, cause, ...plain } = step;
  return {
    generation: under.generation,
    cause,
    object,
    step: plain,
    text: describeStep(step),
    result: failure ? 'failed' : 'done',
    errno: failure?.code ?? null,
    message: failure?.message ?? null,
    before: applied?.before ?? null,
    after: applied?.after ?? null,
    at: rest.at,
    durationMs: rest.durationMs,
    bounds: under.bounds,
  };
}

export function receiptOfRefusal(refused: RefusedObject, under: Under & { at: string }): ReceiptDraft {
  return {
    generation: under.generation,
    cause: refused.cause,
    object: refused.key,
    step: { kind: 'refuse', rule: refused.rule },
    text: `refuse ${refused.key.split('/')[0]}: ${refused.message}`,
    result: 'refused',
    errno: null,
    message: refused.message,
    before: null,
    after: null,
    at: under.at,
    durationMs: 0,
    bounds: under.bounds,
  };
}

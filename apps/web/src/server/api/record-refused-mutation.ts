import type { Refusal } from '@cellblock/shared/app-error';
import type { RequestContext } from './request-context.ts';

/** A refused mutation is an event of its own, also when the input was not even valid. */
export async function recordRefusedMutation(
  _ctx: RequestContext,
  _path: string,
  _getRawInput: () => Promise<unknown>,
  _refusal: Refusal,
): Promise<void> {}

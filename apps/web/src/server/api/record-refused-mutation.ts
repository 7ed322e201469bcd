import type { Actor } from '@cellblock/shared/actor';
import type { Refusal } from '@cellblock/shared/app-error';
import { recordRefusal } from '../audit/record-refusal.ts';
import { auditKindOf } from './audit-kind-of.ts';
import { objectOfRefused } from './object-of-refused.ts';
import type { RequestContext } from './request-context.ts';

/** Who is written where nobody has signed in. */
export const NOBODY: Actor = { type: 'system', name: 'not signed in' };

/** A refused mutation is an event of its own, also when the input was not even valid. */
export async function recordRefusedMutation(
  ctx: RequestContext,
  path: string,
  getRawInput: () => Promise<unknown>,
  refusal: Refusal,
): Promise<void> {
  const kind = auditKindOf(path);
  // A stranger without any credential could fill the history at will; the few acts that anybody may try
  // (set-up, invites, sign-in) count their tries and record what failed themselves.
  if (kind === null || ctx.identity === null) return;
  try {
    const input = await getRawInput();
    // A form asks for its plan at every key: what is refused there was not tried.
    if ((input as { dryRun?: unknown } | null)?.dryRun === true) return;
    const author = { ...ctx, actor: ctx.identity.actor, session: ctx.identity.session };
    await recordRefusal(author, kind, objectOfRefused(kind, await getRawInput().catch(() => null)), refusal);
  } catch (error) {
    // The act is refused either way; what the caller is told must not change with the history's trouble.
    console.error(`${ctx.requestId} the refusal of ${path} was not recorded`, error);
  }
}

import type { Actor } from '@cellblock/shared/actor';
import type { Refusal } from '@cellblock/shared/app-error';
import { type AuditKind, ObjectRef } from '@cellblock/shared/audit-event';
import { recordRefusal } from '../audit/record-refusal.ts';
import { auditKindOf } from './audit-kind-of.ts';
import type { RequestContext } from './request-context.ts';

/** Who is written where nobody has signed in. */
export const NOBODY: Actor = { type: 'system', name: 'not signed in' };

/** Where an input names its object, by the noun of the act. */
const FIELDS: Record<string, readonly string[]> = {
  ip: ['address', 'jail'],
  jail: ['jail', 'name'],
  network: ['network', 'name'],
  pool: ['pool', 'name'],
  host: ['host', 'name'],
  task: ['task'],
};

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
    await recordRefusal(author, kind, objectOf(kind, await getRawInput().catch(() => null)), refusal);
  } catch (error) {
    // The act is refused either way; what the caller is told must not change with the history's trouble.
    console.error(`${ctx.requestId} the refusal of ${path} was not recorded`, error);
  }
}

/** Of several documents the first: `{ kind: 'Jail', metadata: { name: 'web1' } }`. */
function documentObject(input: unknown): ObjectRef | null {
  const { documents } = (input ?? {}) as { documents?: { kind?: unknown; metadata?: { name?: unknown } }[] };
  const first = Array.isArray(documents) ? documents[0] : null;
  const type = ObjectRef.shape.type.safeParse(String(first?.kind).toLowerCase());
  const name = String(first?.metadata?.name ?? '(none given)').slice(0, 200);
  return type.success ? { type: type.data, id: name, name } : null;
}

function objectOf(kind: AuditKind, input: unknown): ObjectRef {
  const noun = kind.slice(0, kind.indexOf('.'));
  const document = noun === 'document' ? documentObject(input) : null;
  if (document) return document;
  const type = ObjectRef.shape.type.safeParse(noun === 'ip' ? 'address' : noun).data ?? 'installation';
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const names = [...(FIELDS[noun] ?? []), 'name'].map((field) => given[field]);
  const name = names.find((value) => typeof value === 'string') ?? '(none given)';
  return { type, id: String(name).slice(0, 200), name: String(name).slice(0, 200) };
}

import { type AuditKind, ObjectRef } from '@cellblock/shared/audit-event';

/** Where an input names its object, by the noun of the act. */
const FIELDS: Record<string, readonly string[]> = {
  ip: ['address', 'jail'],
  jail: ['jail', 'name'],
  grant: ['viewer'],
  network: ['network', 'name'],
  pool: ['pool', 'name'],
  host: ['host', 'name'],
  answers: ['host'],
  image: ['image', 'reference', 'distribution', 'name'],
  task: ['task'],
};

/** What an act is done to, where its noun is not that. */
const TYPES: Record<string, ObjectRef['type']> = {
  ip: 'address',
  grant: 'jail',
  answers: 'host',
};

/**
 * The object of an act that was refused, as its input has it: nothing of the input was looked up, or need be valid.
 * What has no object of its own stands at the installation.
 */
export function objectOfRefused(kind: AuditKind, input: unknown): ObjectRef {
  const noun = kind.slice(0, kind.indexOf('.'));
  const document = noun === 'document' ? documentObject(input) : null;
  if (document) return document;
  const type = ObjectRef.shape.type.safeParse(TYPES[noun] ?? noun).data ?? 'installation';
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const names = [...(FIELDS[noun] ?? []), 'name'].map((field) => given[field]);
  const name = names.find((value) => typeof value === 'string') ?? '(none given)';
  return { type, id: String(name).slice(0, 200), name: String(name).slice(0, 200) };
}

/** Of several documents the first: `{ kind: 'Jail', metadata: { name: 'web1' } }`. */
function documentObject(input: unknown): ObjectRef | null {
  const { documents } = (input ?? {}) as { documents?: { kind?: unknown; metadata?: { name?: unknown } }[] };
  const first = Array.isArray(documents) ? documents[0] : null;
  const type = ObjectRef.shape.type.safeParse(String(first?.kind).toLowerCase());
  const name = String(first?.metadata?.name ?? '(none given)').slice(0, 200);
  return type.success ? { type: type.data, id: name, name } : null;
}

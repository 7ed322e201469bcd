import { createHash } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { CliDocumentsPlan } from '@cellblock/shared/cli-output';
import { ApplyDocument, type ParsedDocument } from '@cellblock/shared/document';
import { roleCan } from '@cellblock/shared/role';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { VerbContext } from '../verb-context.ts';
import { type DocumentChange, documentChange } from './document-change.ts';

/** Reads documents as a person wrote them; a mistake is named with the document's number and field. */
export function parseDocuments(ctx: VerbContext, documents: unknown[]): ParsedDocument[] {
  return documents.map((document, index) => {
    const parsed = ApplyDocument.safeParse(document);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = ['documents', index, ...(issue?.path ?? [])].join('.');
      throw new AppError(
        'invalid',
        `Document ${index + 1}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
        {
          field,
          cause: 'A document has the form of the ones that are shown.',
          fix: 'See how one is written: cellblock show NAME -o yaml',
        },
      );
    }
    if (parsed.data.kind !== 'Jail' && ctx.role !== null && !roleCan(ctx.role, 'administer')) {
      throw new AppError('denied', `Only an administrator changes networks and pools; you are ${ctx.role}.`, {
        field: `documents.${index}.kind`,
        cause: 'They concern more than the jails of one operator.',
        fix: 'Ask an administrator to apply this document.',
      });
    }
    return parsed.data;
  });
}

export interface PlannedDocument {
  document: ParsedDocument;
  change: DocumentChange;
  plan: PlanView | null;
}

/** What applying would do, document by document, from the hosts' last reports. Nothing is changed. */
export async function planDocuments(
  ctx: VerbContext,
  input: { documents: unknown[] },
): Promise<CliDocumentsPlan & { planned: PlannedDocument[] }> {
  const parsed = parseDocuments(ctx, input.documents);
  const planned: PlannedDocument[] = [];
  for (const document of parsed) {
    const change = await documentChange(ctx, document);
    planned.push({ document, change, plan: await previewOf(change, document, parsed) });
  }
  const documents = planned.map(({ document, change, plan }) => ({
    kind: document.kind,
    name: document.metadata.name,
    act: change.act,
    changes: change.acts.map(({ text }) => text),
    plan,
  }));
  const facts = documents.map(({ plan, ...rest }) => ({ ...rest, plan: plan?.hash ?? null }));
  const hash = createHash('sha256')
    .update(canonicalJson({ documents: parsed, facts }))
    .digest('hex');
  return { hash, documents, planned };
}

/** The first act's plan; what stands on another document of the same file cannot be planned before that is there. */
async function previewOf(
  change: DocumentChange,
  document: ParsedDocument,
  all: readonly ParsedDocument[],
): Promise<PlanView | null> {
  const first = change.acts[0];
  if (!first) return null;
  try {
    return await first.preview();
  } catch (error) {
    if (error instanceof AppError && standsOnAnother(document, all)) return null;
    throw error;
  }
}

function standsOnAnother(document: ParsedDocument, all: readonly ParsedDocument[]): boolean {
  const networks = new Set(
    document.kind === 'Jail'
      ? (document.spec.interfaces ?? []).map(({ network }) => network)
      : document.kind === 'Pool'
        ? [document.spec.network]
        : [],
  );
  return all.some(
    (other) =>
      (other.kind === 'Network' && networks.has(other.metadata.name)) ||
      (other.kind === 'Pool' && networks.has(other.spec.network)),
  );
}

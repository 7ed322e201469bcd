import { AppError } from '@cellblock/shared/app-error';
import type { CliDocumentsApplied } from '@cellblock/shared/cli-output';
import type { VerbContext } from '../verb-context.ts';
import { documentChange } from './document-change.ts';
import { planDocuments } from './plan-documents.ts';

/**
 * Brings objects to where documents want them, one after the other in the file's order; with `plan` only
 * if that plan still holds. A document that is refused ends it: what was done before stays done.
 */
export async function applyDocuments(
  ctx: VerbContext,
  input: { documents: unknown[]; plan?: string | undefined },
): Promise<CliDocumentsApplied> {
  const { hash, planned } = await planDocuments(ctx, input);
  if (input.plan !== undefined && input.plan !== hash) {
    throw new AppError('conflict', 'The plan that was approved no longer holds: something moved since.', {
      field: 'plan',
      cause: `The plan is now ${hash}.`,
      fix: 'Look at it again: cellblock plan FILE',
    });
  }
  const documents: CliDocumentsApplied['documents'] = [];
  for (const { document } of planned) {
    // Asked again: an earlier document may have made what this one stands on.
    const change = await documentChange(ctx, document);
    let task: CliDocumentsApplied['documents'][number]['task'] = null;
    for (const act of change.acts) task = (await act.run()) ?? task;
    documents.push({ kind: document.kind, name: document.metadata.name, act: change.act, task });
  }
  return { documents };
}

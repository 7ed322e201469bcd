import * as z from 'zod';
import { applyDocuments } from '../../documents/apply-documents.ts';
import { planDocuments } from '../../documents/plan-documents.ts';
import { showDocument } from '../../documents/show-document.ts';
import { procedure, router } from '../trpc.ts';

const Documents = z.object({ documents: z.array(z.unknown()).min(1).max(500) });

export const documentsRouter = router({
  show: procedure('read')
    .input(z.object({ kind: z.enum(['Jail', 'Network', 'Pool']), name: z.string().min(1) }))
    .query(({ ctx, input }) => showDocument(ctx.db, input, ctx.role)),
  plan: procedure('operate')
    .input(Documents)
    .mutation(async ({ ctx, input }) => {
      const { hash, documents } = await planDocuments(ctx, input);
      return { hash, documents };
    }),
  put: procedure('operate')
    .input(Documents.extend({ plan: z.string().optional() }))
    .mutation(({ ctx, input }) => applyDocuments(ctx, input)),
});

import * as z from 'zod';
import { searchAll, searchPeople } from '../../search/search-all.ts';
import { procedure, router } from '../trpc.ts';

export const searchRouter = router({
  all: procedure('read')
    .input(z.object({ q: z.string().max(200) }))
    .query(({ ctx, input }) => searchAll(ctx.db, input.q)),
  people: procedure('read')
    .input(z.object({ q: z.string().max(200) }))
    .query(({ ctx, input }) => searchPeople(ctx.db, input.q)),
});

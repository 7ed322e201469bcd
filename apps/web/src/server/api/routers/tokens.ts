import { CreateTokenInput, createToken } from '../../tokens/create-token.ts';
import { listTokens } from '../../tokens/list-tokens.ts';
import { RemoveTokenInput, removeToken } from '../../tokens/remove-token.ts';
import { procedure, router } from '../trpc.ts';

export const tokensRouter = router({
  list: procedure('administer').query(({ ctx }) => listTokens(ctx.db)),
  create: procedure('administer')
    .input(CreateTokenInput)
    .mutation(({ ctx, input }) => createToken(ctx, input)),
  remove: procedure('administer')
    .input(RemoveTokenInput)
    .mutation(({ ctx, input }) => removeToken(ctx, input)),
});

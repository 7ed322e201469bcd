import { whoAmI } from '../../auth/who-am-i.ts';
import { publicProcedure, router } from '../trpc.ts';

export const sessionRouter = router({
  me: publicProcedure.query(({ ctx }) => whoAmI(ctx)),
});

import { AppError } from '@cellblock/shared/app-error';
import { type Permission, roleCan, rolesThatCan } from '@cellblock/shared/role';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { recordRefusedMutation } from './record-refused-mutation.ts';
import { refusalOf, trpcErrorOf } from './refusal-of.ts';
import type { RequestContext } from './request-context.ts';

/** Every procedure declares it; `public` needs nobody signed in. root.test.ts refuses one without. */
export interface ProcedureMeta {
  permission: Permission | 'public';
}

const t = initTRPC
  .context<RequestContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    sse: {
      // A page that hears nothing for 5 s says so.
      ping: { enabled: true, intervalMs: 2_000 },
      client: { reconnectAfterInactivityMs: 5_000 },
    },
    errorFormatter({ shape, error, ctx }) {
      const refusal = refusalOf(error, ctx?.requestId ?? 'unknown');
      const { stack: _, ...data } = shape.data;
      return { ...shape, message: refusal.message, data: { ...data, refusal } };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** AppError becomes TRPCError here, once; a refused mutation becomes an audit event. */
const refusals = t.middleware(async ({ ctx, type, path, getRawInput, next }) => {
  const result = await next();
  if (result.ok) return result;
  const refusal = refusalOf(result.error, ctx.requestId);
  if (refusal.code === 'internal')
    console.error(`${ctx.requestId} ${path}`, result.error.cause ?? result.error);
  if (type === 'mutation') await recordRefusedMutation(ctx, path, getRawInput, refusal);
  throw trpcErrorOf(result.error, ctx.requestId);
});

const base = t.procedure.use(refusals);

/** For set-up and sign-in alone. */
export const publicProcedure = base.meta({ permission: 'public' });

/** A procedure that roles with this permission may call; its context says who calls. */
export function procedure(permission: Permission) {
  return base.meta({ permission }).use(({ ctx, next }) => {
    const { identity } = ctx;
    if (identity === null) {
      throw new AppError('denied', 'Nobody is signed in.', {
        cause: 'The request brings no session and no token that is still good.',
        fix: 'Sign in, or send a token as `Authorization: Bearer cb_…`.',
        evidence: { signIn: true },
      });
    }
    if (!roleCan(identity.role, permission)) {
      throw new AppError(
        'denied',
        `Needs role ${rolesThatCan(permission).join(' or ')}; you are ${identity.role}.`,
        {
          cause: 'Each act declares which roles may do it.',
          fix: 'Ask an administrator: `cellblock user role NAME ROLE`.',
          evidence: { permission },
        },
      );
    }
    return next({ ctx: { ...ctx, ...identity, identity } });
  });
}

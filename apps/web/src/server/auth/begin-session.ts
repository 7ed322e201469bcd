import type { RequestContext } from '../api/request-context.ts';
import { recordSignIn } from './record-sign-in.ts';

/** Signs a person in whose password was just set, and gives the answer its cookie. */
export async function beginSession(ctx: RequestContext, name: string, password: string): Promise<void> {
  const { signIn } = ctx.services;
  const { headers, response } = await signIn.api.signInUsername({
    body: { username: name, password },
    headers: ctx.headers,
    returnHeaders: true,
  });
  if (response === null || !('token' in response)) throw new Error('the new session has no token');
  await recordSignIn(ctx, String(response.token), 'password');
  ctx.setCookies(headers.getSetCookie());
}

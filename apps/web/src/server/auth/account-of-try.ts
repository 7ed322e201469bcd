import type { Db } from '../db.ts';

const TWO_FACTOR_COOKIE = /(?:^|;\s*)__Host-cellblock\.two_factor=([^;]+)/;

/**
 * Whose account a try to sign in is for: by the name in the form, and for a code by the half-open sign-in whose
 * cookie comes with it. Null where that is not known before the answer (a passkey names its owner itself).
 */
export async function accountOfTry(
  db: Db,
  path: string,
  headers: Headers,
  body: Buffer,
): Promise<string | null> {
  if (!path.startsWith('two-factor/')) return usernameIn(body);
  const signed = TWO_FACTOR_COOKIE.exec(headers.get('cookie') ?? '')?.[1];
  // The value and its signature; a value that nobody was given finds nothing.
  const identifier = signed && decodeURIComponent(signed).replace(/\.[^.]*$/, '');
  if (!identifier) return null;
  const half = await db.verification.findFirst({ where: { identifier, expiresAt: { gt: new Date() } } });
  const user = half && (await db.user.findUnique({ where: { id: half.value }, select: { username: true } }));
  return user?.username ?? null;
}

function usernameIn(body: Buffer): string | null {
  try {
    const { username } = JSON.parse(body.toString('utf8')) as { username?: unknown };
    return typeof username === 'string' ? username : null;
  } catch {
    return null;
  }
}

import { createHash, createPublicKey, verify } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { AUTHORITY_PATH, AuthorityAnswer, signedAuthority } from '@cellblock/shared/enrolment-offer';
import { askDashboard } from './ask-dashboard.ts';

/**
 * PEM of the authority that this host must trust to know its dashboard; null: those that everybody knows. It is
 * asked for over a connection that proves nothing: the answer is signed with the key in whose hash the token ends.
 */
export async function dashboardAuthority(dashboard: string, token: string): Promise<string | null> {
  if (new URL(dashboard).protocol !== 'https:') return null;
  const answer = AuthorityAnswer.safeParse(
    await askDashboard(dashboard, AUTHORITY_PATH, { trust: 'unverified' }),
  );
  if (answer.success && isVouchedFor(answer.data, token)) return answer.data.ca;
  throw new AppError('denied', `What answers at ${dashboard} is not the dashboard that made this line.`, {
    cause: 'Its certificate authority is not signed with the key in whose hash the token ends.',
    fix: 'Compare the URL with the dashboard, look who stands between, then make a new line: cellblock host enroll',
  });
}

function isVouchedFor({ ca, publicKey, signature }: AuthorityAnswer, token: string): boolean {
  const raw = Buffer.from(publicKey, 'base64');
  if (raw.length !== 32 || keyHash(raw) !== token.split('.')[1]) return false;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, signedAuthority(ca), key, Buffer.from(signature, 'base64'));
}

/** As a token ends: SHA-256 of the raw key, hex. */
export function keyHash(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('hex');
}

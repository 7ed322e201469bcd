import { paths } from '../../paths.ts';
import { newSecret } from '../auth/one-time-secret.ts';
import type { Db } from '../db.ts';

/**
 * A link with which the first administrator is made; null once there is one. Each call makes another link,
 * all of them end with the claim: only hashes are kept, so an earlier one cannot be shown again.
 */
export async function makeSetupLink(db: Db, url: string): Promise<{ link: string | null; claimed: boolean }> {
  const installation = await db.installation.findFirstOrThrow();
  if (installation.claimedAt !== null) return { link: null, claimed: true };
  const { secret, hash } = newSecret();
  await db.setupToken.create({ data: { hash } });
  return { link: `${url}${paths.setup('claim', secret)}`, claimed: false };
}

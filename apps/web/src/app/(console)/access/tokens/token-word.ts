const DAY_MS = 86_400_000;
const UNUSED_AFTER_MS = 90 * DAY_MS;
const SOON_MS = 7 * DAY_MS;

export interface TokenFacts {
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

/** What is to be looked at about a token; null: nothing. */
export function tokenWord(token: TokenFacts, now: Date): 'expired' | 'expires soon' | 'unused' | null {
  const left = Date.parse(token.expiresAt) - now.getTime();
  if (left <= 0) return 'expired';
  if (now.getTime() - Date.parse(token.lastUsedAt ?? token.createdAt) > UNUSED_AFTER_MS) return 'unused';
  return left < SOON_MS ? 'expires soon' : null;
}

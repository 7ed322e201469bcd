import { expect, it } from 'vitest';
import { tokenWord } from './token-word.ts';

const now = new Date('2026-11-22T12:00:00Z');
const days = (n: number) => new Date(now.getTime() + n * 86_400_000).toISOString();

it.each([
  [{ createdAt: days(-1), expiresAt: days(29), lastUsedAt: null }, null],
  [{ createdAt: days(-100), expiresAt: days(200), lastUsedAt: days(-91) }, 'unused'],
  [{ createdAt: days(-91), expiresAt: days(200), lastUsedAt: null }, 'unused'],
  [{ createdAt: days(-91), expiresAt: days(6), lastUsedAt: days(-1) }, 'expires soon'],
  [{ createdAt: days(-91), expiresAt: days(-1), lastUsedAt: days(-1) }, 'expired'],
])('%o is %s', (token, word) => expect(tokenWord(token, now)).toBe(word));

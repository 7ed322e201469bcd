'use client';
import { passkeyClient } from '@better-auth/passkey/client';
import { twoFactorClient, usernameClient } from 'better-auth/client/plugins';
import { createAuthClient } from 'better-auth/react';

/** Password, one-time codes and passkeys: everything that the sign-in library itself answers. */
export const authClient = createAuthClient({
  plugins: [usernameClient(), twoFactorClient(), passkeyClient()],
});

/** The library's answer, as the text of what went wrong. */
export function authError(
  error: { message?: string; status: number; statusText?: string } | null,
): string | null {
  if (!error) return null;
  if (error.status === 429) return 'Too many tries. Wait a minute, then try again.';
  return error.message || error.statusText || 'The dashboard did not answer.';
}

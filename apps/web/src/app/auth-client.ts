'use client';
import { passkeyClient } from '@better-auth/passkey/client';
import { twoFactorClient, usernameClient } from 'better-auth/client/plugins';
import { createAuthClient } from 'better-auth/react';

/** Password, one-time codes and passkeys: everything that the sign-in library itself answers. */
export const authClient = createAuthClient({
  // A dashboard that is away is an answer too: thrown, it would leave a form waiting for ever.
  fetchOptions: { customFetchImpl: (input, init) => fetch(input, init).catch(() => away()) },
  plugins: [usernameClient(), twoFactorClient(), passkeyClient()],
});

const away = () =>
  Response.json(
    { message: 'The dashboard did not answer. Check the connection, then try again.' },
    { status: 503 },
  );

/** The library's answer, as the text of what went wrong. */
export function authError(
  error: { message?: string; status: number; statusText?: string } | null,
): string | null {
  if (!error) return null;
  if (error.status === 429) return 'Too many tries. Wait a minute, then try again.';
  return error.message || error.statusText || 'The dashboard did not answer.';
}

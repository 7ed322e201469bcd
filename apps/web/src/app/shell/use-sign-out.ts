'use client';
import { paths } from '@/paths';

/** Ends the session on the server; the whole page is loaded anew, so that nothing of it stays in memory. */
export function useSignOut() {
  return async () => {
    const { authClient } = await import('../auth-client');
    await authClient.signOut();
    window.location.assign(paths.signIn());
  };
}

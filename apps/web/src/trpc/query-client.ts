import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { paths } from '@/paths';
import { refusalOf } from './refusal';

/** Whoever is signed out comes back to where they were once they have signed in. */
function leadToSignIn(error: unknown) {
  if (typeof window === 'undefined' || !refusalOf(error).signedOut) return;
  const here = window.location.pathname + window.location.search;
  if (window.location.pathname.startsWith('/sign-in') || window.location.pathname.startsWith('/setup'))
    return;
  window.location.assign(paths.signIn(here));
}

export function makeQueryClient() {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leadToSignIn }),
    mutationCache: new MutationCache({ onError: leadToSignIn }),
    defaultOptions: {
      queries: {
        // Changes are pushed (see live.tsx); asking again on each mount would only make screens flicker.
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => refusalOf(error).code === 'unreachable' && count < 2,
      },
      mutations: { retry: false },
    },
  });
}

'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import {
  unstable_createAdapterProvider as createAdapterProvider,
  renderQueryString,
} from 'nuqs/adapters/custom';
import { type ReactNode, useEffect, useLayoutEffect } from 'react';
import { arrive, isLeaving } from './leaving';

/**
 * How nuqs reads and writes the URL, inside its own adapter for Next, which goes on listening for navigations. It
 * writes a moment after it was told; by then another page may be on its way, and to hand Next a URL of the page that
 * is left ends that way.
 */
export function UrlOfPage({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is what the way led to
  useLayoutEffect(arrive, [pathname]);
  useEffect(() => {
    // Whoever goes back is under way no more, though the path may be the one that it was.
    window.addEventListener('popstate', arrive);
    return () => window.removeEventListener('popstate', arrive);
  }, []);
  return <Adapter>{children}</Adapter>;
}

const Adapter = createAdapterProvider(useUrl);

function useUrl() {
  return {
    searchParams: useSearchParams(),
    pathname: usePathname(),
    updateUrl: write,
    rateLimitFactor: 3,
    autoResetQueueOnUpdate: false,
  };
}

function write(
  search: URLSearchParams,
  { history, scroll }: { history: 'push' | 'replace'; scroll: boolean },
): void {
  const { origin, pathname, hash } = window.location;
  const url = `${origin}${pathname}${renderQueryString(search)}${hash}`;
  if (isLeaving()) {
    // The browser alone is told: whoever comes back finds what was chosen, and Next goes on to where it goes.
    History.prototype.replaceState.call(window.history, window.history.state, '', url);
    return;
  }
  // The mark by which nuqs knows its own writing.
  window.history[history === 'push' ? 'pushState' : 'replaceState'](null, '__nuqs__', url);
  if (scroll) window.scrollTo(0, 0);
}

'use client';
import { useRouter as useNextRouter } from 'next/navigation';
import { useMemo } from 'react';
import { useZone } from '@/ui/zone';
import { withZone } from './with-zone';

interface Options {
  scroll?: boolean;
}

/** Leads to a page of ours, in the zone that is chosen at that moment. */
export function useRouter() {
  const router = useNextRouter();
  const { zoneNow } = useZone();
  return useMemo(
    () => ({
      push: (href: string, options?: Options) => router.push(withZone(href, zoneNow()), options),
      replace: (href: string, options?: Options) => router.replace(withZone(href, zoneNow()), options),
    }),
    [router, zoneNow],
  );
}

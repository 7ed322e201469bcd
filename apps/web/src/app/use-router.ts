'use client';
import { useRouter as useNextRouter } from 'next/navigation';
import { useMemo } from 'react';
import { useZone } from '@/ui/zone';
import { setOff } from './leaving';
import { withZone } from './with-zone';

interface Options {
  scroll?: boolean;
}

/** Leads to a page of ours, in the zone that is chosen at that moment. */
export function useRouter() {
  const router = useNextRouter();
  const { zoneNow } = useZone();
  return useMemo(() => {
    const go = (how: 'push' | 'replace') => (href: string, options?: Options) => {
      const inZone = withZone(href, zoneNow());
      setOff(inZone);
      router[how](inZone, options);
    };
    return { push: go('push'), replace: go('replace') };
  }, [router, zoneNow]);
}

'use client';
import { usePathname } from 'next/navigation';
import { parseAsString, useQueryState } from 'nuqs';
import { type ReactNode, useEffect, useState } from 'react';
import { browserZone, readZoneName, type Zone } from '@/ui/time-zone';
import { ZoneProvider } from '@/ui/zone';
import { keepInCookie, ZONE_COOKIE } from './appearance';

/**
 * The zone of all times. UTC unless somebody chose another; another one stands in the URL by its name, so that
 * whoever is sent the URL reads the same clock. The browser remembers the choice, the URL wins.
 */
export function ZoneInUrl({ initial, children }: { initial: Zone; children: ReactNode }) {
  const [inUrl, setInUrl] = useQueryState('tz', parseAsString);
  const pathname = usePathname();
  const [zone, setZone] = useState<Zone>(() => (inUrl && readZoneName(inUrl)) || initial);

  useEffect(() => {
    const named = inUrl && readZoneName(inUrl);
    if (named) setZone(named);
  }, [inUrl]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins without the parameter
  useEffect(() => {
    if (zone === 'local') setZone(browserZone());
    else if (zone !== 'utc' && !inUrl) void setInUrl(zone);
  }, [zone, inUrl, pathname, setInUrl]);

  function choose(next: Zone) {
    const chosen = next === 'local' ? browserZone() : next;
    setZone(chosen);
    void setInUrl(chosen === 'utc' ? null : chosen);
    keepInCookie(ZONE_COOKIE, chosen === 'utc' ? 'utc' : 'local');
  }
  return (
    <ZoneProvider zone={zone} setZone={choose}>
      {children}
    </ZoneProvider>
  );
}

'use client';
import { usePathname } from 'next/navigation';
import { parseAsString, useQueryState } from 'nuqs';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { browserZone, readZoneName, type Zone } from '@/ui/time-zone';
import { ZoneProvider } from '@/ui/zone';
import { keepInCookie, ZONE_COOKIE } from './appearance';
import { withZone } from './with-zone';

/**
 * The zone of all times. UTC unless somebody chose another; another one stands in the URL by its name, so that
 * whoever is sent the URL reads the same clock. The browser remembers the choice, the URL wins.
 */
export function ZoneInUrl({ initial, children }: { initial: Zone; children: ReactNode }) {
  const [inUrl, setInUrl] = useQueryState('tz', parseAsString);
  const pathname = usePathname();
  const [zone, draw] = useState<Zone>(() => (inUrl && readZoneName(inUrl)) || initial);
  const newest = useRef(zone);
  const zoneNow = useCallback(() => newest.current, []);
  const setZone = useCallback((next: Zone) => {
    newest.current = next;
    draw(next);
  }, []);

  useEffect(() => {
    const named = inUrl && readZoneName(inUrl);
    if (named) setZone(named);
  }, [inUrl, setZone]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins without the parameter
  useEffect(() => {
    if (zone === 'local') setZone(browserZone());
    // What nuqs holds is older than the URL while a page is on its way, and setting it then would keep that page away.
    else if (zone !== 'utc' && !new URLSearchParams(window.location.search).has('tz')) void setInUrl(zone);
  }, [zone, inUrl, pathname, setInUrl, setZone]);

  function choose(next: Zone) {
    const chosen = next === 'local' ? browserZone() : next;
    setZone(chosen);
    // At once, not when nuqs comes to it: a change of the URL that lands behind a click ends what the click began.
    const { pathname: path, search, hash } = window.location;
    window.history.replaceState(null, '', withZone(`${path}${search}${hash}`, chosen));
    keepInCookie(ZONE_COOKIE, chosen === 'utc' ? 'utc' : 'local');
  }
  return (
    <ZoneProvider zone={zone} zoneNow={zoneNow} setZone={choose}>
      {children}
    </ZoneProvider>
  );
}

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
  const [inUrl] = useQueryState('tz', parseAsString);
  const pathname = usePathname();
  const [zone, draw] = useState<Zone>(() => (inUrl && readZoneName(inUrl)) || initial);
  const newest = useRef(zone);
  const zoneNow = useCallback(() => newest.current, []);
  const setZone = useCallback((next: Zone) => {
    newest.current = next;
    draw(next);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is when what nuqs holds changes that the URL is read
  useEffect(() => {
    // Read from the URL itself: what nuqs holds comes a moment later, when another zone may be chosen already.
    const named = readZoneName(new URLSearchParams(window.location.search).get('tz') ?? '');
    if (named) setZone(named);
  }, [inUrl, setZone]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins without the parameter
  useEffect(() => {
    // The newest, not the drawn: this may run for what was drawn before another zone was chosen, and the URL that it
    // would then set ends the way to the next page.
    const now = zoneNow();
    if (now === 'local') setZone(browserZone());
    // What nuqs holds is older than the URL while a page is on its way, and setting it then would keep that page away.
    else if (now !== 'utc' && !new URLSearchParams(window.location.search).has('tz')) writeInUrl(now);
  }, [zone, inUrl, pathname, setZone]);

  function choose(next: Zone) {
    const chosen = next === 'local' ? browserZone() : next;
    setZone(chosen);
    writeInUrl(chosen);
    keepInCookie(ZONE_COOKIE, chosen === 'utc' ? 'utc' : 'local');
  }
  return (
    <ZoneProvider zone={zone} zoneNow={zoneNow} setZone={choose}>
      {children}
    </ZoneProvider>
  );
}

/** At once, not when nuqs comes to it: a change of the URL that lands behind a click ends what the click began. */
function writeInUrl(zone: Zone): void {
  const { pathname, search, hash } = window.location;
  window.history.replaceState(null, '', withZone(`${pathname}${search}${hash}`, zone));
}

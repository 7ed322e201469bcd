'use client';
import { useNow } from '@/ui/now';
import { absoluteTime } from '@/ui/time-text';
import { useZone } from '@/ui/zone';
import type { LiveState } from './live';

/** After half a minute without the server, nobody may take the screen for the present. */
const STRIP_AFTER_MS = 30_000;

export function LostStrip({ live }: { live: LiveState }) {
  const now = useNow();
  const { zone } = useZone();
  if (live.kind !== 'lost' || !now || now.getTime() - live.since.getTime() < STRIP_AFTER_MS) return null;
  return (
    <p role="alert" className="bg-warn-tint px-5 py-1.5 text-warn-text max-sm:px-3">
      The dashboard does not answer. This page shows {absoluteTime(live.since, zone)}. Jails keep running
      without it.
    </p>
  );
}

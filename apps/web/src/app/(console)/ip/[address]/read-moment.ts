import { momentOf, type Zone } from '../../../../ui/time-zone.ts';

const ABSOLUTE = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?(Z| ?UTC)?$/i;
const AGO = /^(\d+) ?(s|min|h|d|seconds?|minutes?|hours?|days?)( ago)?$/i;
const UNIT = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** A moment as people write it, in the zone that the screen shows; null when it is none. */
export function readMoment(text: string, zone: Zone, now = new Date()): Date | null {
  const ago = AGO.exec(text.trim());
  if (ago)
    return new Date(
      now.getTime() - Number(ago[1]) * UNIT[ago[2]?.charAt(0).toLowerCase() as keyof typeof UNIT],
    );
  const absolute = ABSOLUTE.exec(text.trim());
  if (!absolute) return null;
  const [, day, clock = '00:00', named] = absolute;
  const shown = new Date(
    `${day}T${clock.padStart(clock.length === 4 || clock.length === 7 ? clock.length + 1 : clock.length, '0')}Z`,
  );
  if (Number.isNaN(shown.getTime())) return null;
  return momentOf(shown, named === undefined ? zone : 'utc');
}

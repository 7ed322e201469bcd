/** How times are told: in UTC, in the browser's own zone, or in one by its name (`Europe/Berlin`). */
export type Zone = 'utc' | 'local' | (string & {});

/** Name of the zone that this browser is in. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that a text names; null if it names none. */
export function readZoneName(text: string): Zone | null {
  if (text.toLowerCase() === 'utc') return 'utc';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** "UTC", "Europe/Berlin". */
export function zoneLabel(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : zone;
}

/** Milliseconds that clocks of the zone are ahead of UTC at a moment. */
export function zoneOffset(at: Date, zone: Zone): number {
  if (zone === 'utc') return 0;
  if (zone === 'local') return -at.getTimezoneOffset() * 60_000;
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: string) => parts.get(name as Intl.DateTimeFormatPartTypes) ?? 0;
  const clock = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return clock - Math.floor(at.getTime() / 1000) * 1000;
}

/** The moment at which a clock of the zone shows what `clock` shows in UTC. */
export function momentOf(clock: Date, zone: Zone): Date {
  const guess = new Date(clock.getTime() - zoneOffset(clock, zone));
  // Near a change of summer time the offset of the moment is not that of the guess.
  return new Date(clock.getTime() - zoneOffset(guess, zone));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

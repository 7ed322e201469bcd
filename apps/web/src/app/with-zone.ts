import type { Zone } from '@/ui/time-zone';

/** A path of ours as it leads on in the chosen zone; UTC, which is what a URL without a zone means, is left out. */
export function withZone(href: string, zone: Zone): string {
  const [, path = '', query = '', hash = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(href) ?? [];
  if (!path.startsWith('/')) return href;
  const params = query.split('&').filter((param) => param !== '' && !param.startsWith('tz='));
  // "local" is a zone that only this browser can name, and it does so at once.
  if (zone !== 'utc' && zone !== 'local')
    params.push(`tz=${encodeURIComponent(zone).replaceAll('%2F', '/')}`);
  return `${path}${params.length > 0 ? `?${params.join('&')}` : ''}${hash}`;
}

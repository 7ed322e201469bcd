import type { Zone } from '@/ui/time-text';

/** Kept in cookies, so that the first byte of a page already has the right theme and needs no script for it. */
export type Theme = 'system' | 'light' | 'dark';

export const THEME_COOKIE = 'cellblock-theme';
export const ZONE_COOKIE = 'cellblock-zone';

export function readTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function readZone(value: string | undefined): Zone {
  return value === 'local' ? 'local' : 'utc';
}

export function keepInCookie(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store interface is missing on plain http
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

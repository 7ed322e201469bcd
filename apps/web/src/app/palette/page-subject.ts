export type Subject = { type: 'jail' | 'host' | 'address'; name: string } | null;

const SECTIONS: Record<string, 'jail' | 'host' | 'address'> = { jails: 'jail', hosts: 'host', ip: 'address' };

/** What a page, or the row that is peeked at on it, is about: the actions of the palette are about that. */
export function pageSubject(pathname: string, peek: string | null): Subject {
  const [section = '', object] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const type = SECTIONS[section];
  if (!type) return null;
  if (object && object !== 'new') return { type, name: object };
  return section === 'jails' && !object && peek ? { type: 'jail', name: peek } : null;
}

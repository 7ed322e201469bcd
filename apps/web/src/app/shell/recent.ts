/** The objects whose pages were open last, in this browser alone. */
export interface Recent {
  href: string;
  label: string;
  kind: string;
}

const KEY = 'cellblock-recent';
const KEPT = 6;
const KINDS: Record<string, string> = { jails: 'jail', hosts: 'host', networks: 'network', ip: 'address' };

/** What a path is a page of; null: of no single object. */
export function recentOf(pathname: string): Recent | null {
  const [section = '', object, tab] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const kind = KINDS[section];
  if (!kind || !object || object === 'new') return null;
  const part = `/${section}/${encodeURIComponent(object)}`;
  return { href: tab ? `${part}/overview` : part, label: object, kind };
}

export function readRecent(): Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? (kept as Recent[]) : [];
  } catch {
    return [];
  }
}

export function keepRecent(pathname: string): void {
  const recent = recentOf(pathname);
  if (!recent) return;
  const others = readRecent().filter(({ href }) => href !== recent.href);
  try {
    localStorage.setItem(KEY, JSON.stringify([recent, ...others].slice(0, KEPT)));
  } catch {
    // Storage is refused: then nothing is recent.
  }
}

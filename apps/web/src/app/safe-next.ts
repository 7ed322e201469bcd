import { paths } from '@/paths';

/** Where to go after sign-in: a path of this dashboard, whatever the link says. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return paths.overview();
  return next;
}

export type Worst = 'bad' | 'warn' | 'unknown' | null;

const SIGNS: Record<NonNullable<Worst>, string> = { bad: '✕', warn: '▲', unknown: '?' };
const PREFIX = /^\(\d+\) [✕▲?] /;

/** "(2) ✕ Jails · Cellblock"; without anything open the title as the page gave it. */
export function stateTitle(title: string, count: number, worst: Worst): string {
  const own = title.replace(PREFIX, '');
  return worst === null || count === 0 ? own : `(${count}) ${SIGNS[worst]} ${own}`;
}

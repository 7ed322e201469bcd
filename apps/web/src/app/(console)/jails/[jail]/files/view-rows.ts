import type { ViewProof, ViewProofRow } from '@cellblock/shared/view-proof';
import { isCover, type ViewEntry } from '@cellblock/shared/view-tree';

/** A place of the view: what is declared there, and what was found there when it was last looked at. */
export interface ViewRow {
  path: string;
  entry: ViewEntry | null;
  proof: ViewProofRow | null;
  /** how deep below other places it lies */
  depth: number;
  /** names below it that are covered */
  covered: number;
}

/** Declared and seen, place by place; covers of /proc and /sys only where they are not as declared. */
export function viewRows(mounts: readonly ViewEntry[], proof: ViewProof | null): ViewRow[] {
  const left = [...(proof?.rows ?? [])];
  const rows: Omit<ViewRow, 'depth' | 'covered'>[] = [];
  for (const entry of mounts) {
    const index = left.findIndex(({ path, wanted }) => path === entry.path && wanted !== null);
    const [found = null] = index < 0 ? [] : left.splice(index, 1);
    if (isCover(entry) && (found === null || found.verdict === 'same')) continue;
    rows.push({ path: entry.path, entry, proof: found });
  }
  for (const found of left) rows.push({ path: found.path, entry: null, proof: found });
  rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const isBelow = (path: string, above: string) => above !== '/' && path.startsWith(`${above}/`);
  return rows.map((row) => ({
    ...row,
    depth:
      row.path === '/'
        ? 0
        : 1 + new Set(rows.filter(({ path }) => isBelow(row.path, path)).map(({ path }) => path)).size,
    covered: mounts.filter((entry) => isCover(entry) && isBelow(entry.path, row.path)).length,
  }));
}

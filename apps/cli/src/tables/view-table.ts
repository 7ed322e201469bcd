import type { ViewProof } from '@cellblock/shared/view-proof';
import { isCover, modeText, type ViewEntry, type ViewName } from '@cellblock/shared/view-tree';
import type { Printable } from '../output/print.ts';

const IDS = { jail: 'its own', nobody: 'nobody’s', kernel: '-' };

/** What a jail is to see; what covers parts of /proc and /sys is counted, and is all there with -o json. */
export function viewTable(view: { mounts: ViewEntry[]; names: ViewName[] }): Printable {
  const covers = view.mounts.filter(isCover);
  const rows = view.mounts
    .filter((entry) => !isCover(entry))
    .map((entry) => {
      const hidden = covers.filter(
        ({ path }) => entry.path !== '/' && path.startsWith(`${entry.path}/`),
      ).length;
      const origin = hidden > 0 ? `${entry.origin}; ${hidden} names in it covered` : entry.origin;
      return [entry.path, entry.kind, modeText(entry), IDS[entry.ids], entry.by, origin];
    });
  return {
    data: view,
    headings: ['PATH', 'KIND', 'MODE', 'IDS', 'BY', 'ORIGIN'],
    rows,
    names: view.mounts.map(({ path }) => path),
  };
}

/** Wanted and seen beside each other; without what is the same unless everything is. */
export function proofTable(proof: ViewProof): Printable {
  const odd = proof.rows.filter(({ verdict }) => verdict !== 'same');
  return {
    data: proof,
    headings: ['PATH', 'WANTED', 'SEEN', 'VERDICT', 'DIFFERENCE'],
    rows: (proof.holds ? proof.rows : odd).map((row) => [
      row.path,
      row.wanted?.mode ?? '-',
      row.seen?.mode ?? '-',
      row.verdict,
      row.difference || '-',
    ]),
    names: odd.map(({ path }) => path),
  };
}

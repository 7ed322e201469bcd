import * as z from 'zod';

/** The parts of libnftables' JSON that we read. */
const Listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });
const SetObject = z.object({ name: z.string(), elem: z.array(z.unknown()).optional() });

export interface NftTable {
  rules: number;
  /** name → elements, each as its parts in words: `['v0a', '02:…', '10.0.0.5']`, `['10.0.0.0/24']` */
  sets: Map<string, string[][]>;
}

/** Null when there is no such table. */
export function readNftTable(listing: unknown): NftTable | null {
  if (listing === null) return null;
  const items = Listing.parse(listing).nftables;
  const sets = items.flatMap((item) => (item.set ? [SetObject.parse(item.set)] : []));
  return {
    rules: items.filter((item) => item.rule !== undefined).length,
    sets: new Map(sets.map((set) => [set.name, (set.elem ?? []).map(elementParts)])),
  };
}

function elementParts(element: unknown): string[] {
  if (typeof element === 'string' || typeof element === 'number') return [String(element)];
  if (typeof element !== 'object' || element === null) return [];
  if ('elem' in element) return elementParts((element.elem as { val: unknown }).val);
  if ('concat' in element) return (element.concat as unknown[]).flatMap(elementParts);
  if ('prefix' in element) {
    const { addr, len } = element.prefix as { addr: string; len: number };
    return [`${addr}/${len}`];
  }
  return [];
}

export function elementsOf(table: NftTable | null, set: string): string[][] {
  return table?.sets.get(set) ?? [];
}

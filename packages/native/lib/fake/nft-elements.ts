/** A value as libnftables' JSON has it. */
export type NftValue = string | number | { [key: string]: NftValue | null } | NftValue[];

export interface NftElement {
  key: NftValue;
  /** Of a map. */
  data: NftValue | null;
}

const NUMERIC = new Set(['inet_service', 'mark', 'integer', 'ct_id']);

function atom(word: string, type: string | undefined): NftValue {
  if (word.startsWith('"')) return word.slice(1, -1);
  if (type !== undefined && NUMERIC.has(type) && /^\d+$/.test(word)) return Number(word);
  const prefix = /^(.+)\/(\d+)$/.exec(word);
  if (prefix) return { prefix: { addr: prefix[1] ?? '', len: Number(prefix[2]) } };
  const range = /^([^-]+)-([^-]+)$/.exec(word);
  if (range && type !== 'ifname') {
    return { range: [atom(range[1] ?? '', type), atom(range[2] ?? '', type)] };
  }
  return word;
}

function value(words: string[], types: string[]): NftValue | null {
  const parts = words.filter((_, at) => at % 2 === 0);
  const joined = words.every((word, at) => at % 2 === 0 || word === '.');
  if (!joined || words.length % 2 === 0 || parts.length !== types.length) return null;
  const atoms = parts.map((part, at) => atom(part, types[at]));
  return atoms.length === 1 ? (atoms[0] ?? null) : { concat: atoms };
}

function verdict(words: string[]): NftValue | null {
  const [word = '', target] = words;
  if ((word === 'jump' || word === 'goto') && target !== undefined && words.length === 2) {
    return { [word]: { target } };
  }
  return words.length === 1 && ['accept', 'drop', 'continue', 'return'].includes(word)
    ? { [word]: null }
    : null;
}

/** The elements between `{` and `}`; null when they do not fit the types. `dataTypes` null: a set, or keys only. */
export function parseElements(
  words: string[],
  keyTypes: string[],
  dataTypes: string[] | null,
): NftElement[] | null {
  if (words[0] !== '{' || words.at(-1) !== '}') return null;
  const groups: string[][] = [[]];
  for (const word of words.slice(1, -1)) {
    if (word === ',') groups.push([]);
    else groups.at(-1)?.push(word);
  }
  const elements: NftElement[] = [];
  for (const group of groups.filter((one) => one.length > 0)) {
    const colon = group.indexOf(':');
    const key = value(colon < 0 ? group : group.slice(0, colon), keyTypes);
    const rest = colon < 0 ? null : group.slice(colon + 1);
    let data: NftValue | null = null;
    if (rest && dataTypes) data = dataTypes[0] === 'verdict' ? verdict(rest) : value(rest, dataTypes);
    if (key === null || (rest !== null && data === null)) return null;
    elements.push({ key, data });
  }
  return elements;
}

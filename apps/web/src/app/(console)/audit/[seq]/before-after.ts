import type { DiffLine } from '@/ui/diff-lines';

/** Before and after as lines: what stayed, what went, what came. Keys in order, one line for each leaf. */
export function diffOf(before: unknown, after: unknown): DiffLine[] {
  const old = new Map(leaves(before));
  const fresh = new Map(leaves(after));
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return paths.flatMap((path): DiffLine[] => {
    const from = old.get(path);
    const to = fresh.get(path);
    if (from === to) return [{ sign: ' ', text: `${path}: ${from}` }];
    const lines: DiffLine[] = [];
    if (from !== undefined) lines.push({ sign: '-', text: `${path}: ${from}` });
    if (to !== undefined) lines.push({ sign: '+', text: `${path}: ${to}` });
    return lines;
  });
}

function leaves(value: unknown, path = ''): [string, string][] {
  if (value === null || value === undefined) return path ? [[path, 'none']] : [];
  if (Array.isArray(value)) {
    return [
      [
        path || 'value',
        value.every((each) => typeof each !== 'object') ? `[${value.join(', ')}]` : JSON.stringify(value),
      ],
    ];
  }
  if (typeof value !== 'object') return [[path || 'value', String(value)]];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, path ? `${path}.${key}` : key));
}

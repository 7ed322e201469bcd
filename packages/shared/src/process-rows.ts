import type { JailProcess } from './jail-process.ts';

export interface ProcessRow {
  process: JailProcess;
  depth: number;
}

/** Parents before their children, children by age; whose parent is not listed stands at the left. */
export function processTree(processes: readonly JailProcess[]): ProcessRow[] {
  const known = new Set(processes.map(({ pid }) => pid));
  const below = Map.groupBy(processes, ({ parent, pid }) =>
    known.has(parent) && parent !== pid ? parent : 0,
  );
  const rows: ProcessRow[] = [];
  const walk = (parent: number, depth: number) => {
    const children = (below.get(parent) ?? []).toSorted((a, b) => a.startTime - b.startTime || a.pid - b.pid);
    for (const process of children) {
      rows.push({ process, depth });
      walk(process.pid, depth + 1);
    }
  };
  walk(0, 0);
  // A list that was read while it changed may hold a ring; nobody is left out for it
  const shown = new Set(rows.map(({ process }) => process.pid));
  return [
    ...rows,
    ...processes.filter(({ pid }) => !shown.has(pid)).map((process) => ({ process, depth: 0 })),
  ];
}

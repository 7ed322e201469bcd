/** One row of performance.md as it was measured now. */
export interface MeasuredRow {
  id: string;
  what: string;
  target: string;
  /** did it meet the target, and by which figures */
  verdict: { met: boolean | null; says: string }[];
  tables: Table[];
  /** what cannot be told by a figure: who could not run and why, what a time consists of */
  notes: string[];
}

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
}

/** `when`: the moment, the commit and the load of the machine. */
export function markdownOf(row: MeasuredRow, when: string): string {
  return [
    `## ${row.id}. ${row.what}`,
    '',
    `Target: ${row.target}`,
    '',
    `Measured ${when}.`,
    '',
    ...row.verdict.map(({ met, says }) => `- **${wordOf(met)}**: ${says}`),
    ...row.tables.flatMap((table) => ['', `${table.title}:`, '', ...tableLines(table)]),
    ...(row.notes.length > 0 ? ['', ...row.notes.map((note) => `- ${note}`)] : []),
    '',
  ].join('\n');
}

/** Rows of an earlier run that this one does not measure, each with the moment it says itself. */
export function keptRows(earlier: string, measured: readonly string[]): { id: string; text: string }[] {
  const [, ...sections] = earlier.split(/^(?=## )/m);
  return sections
    .map((text) => ({ id: /^## (\w+)\./.exec(text)?.[1] ?? '', text: `${text.trimEnd()}\n` }))
    .filter(({ id }) => id !== '' && !measured.includes(id));
}

function wordOf(met: boolean | null): string {
  if (met === null) return 'not shown';
  return met ? 'met' : 'missed';
}

function tableLines({ head, rows }: Table): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

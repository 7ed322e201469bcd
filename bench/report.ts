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

export function markdownOf(row: MeasuredRow): string {
  return [
    `## ${row.id}. ${row.what}`,
    '',
    `Target: ${row.target}`,
    '',
    ...row.verdict.map(({ met, says }) => `- **${wordOf(met)}**: ${says}`),
    ...row.tables.flatMap((table) => ['', `${table.title}:`, '', ...tableLines(table)]),
    ...(row.notes.length > 0 ? ['', ...row.notes.map((note) => `- ${note}`)] : []),
    '',
  ].join('\n');
}

function wordOf(met: boolean | null): string {
  if (met === null) return 'not shown';
  return met ? 'met' : 'missed';
}

function tableLines({ head, rows }: Table): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

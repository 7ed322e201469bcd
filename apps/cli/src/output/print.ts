import { stringify } from 'yaml';
import type { Terminal } from '../terminal.ts';
import { colourStates, wantsColour } from './colour.ts';
import { alignedTable, tabbedRows } from './table.ts';

export const FORMATS = ['table', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

/** One result in every form it can be printed in. */
export interface Printable {
  /** what `-o json` and `-o yaml` print: a schema of cli-output.ts */
  data: unknown;
  headings: readonly string[];
  rows: readonly (readonly string[])[];
  /** `-o name`: one line per object */
  names: readonly string[];
}

/** Data goes to stdout. Without -o a terminal gets an aligned table, a pipe the same rows with tabs. */
export function print(terminal: Terminal, format: Format | undefined, what: Printable): void {
  terminal.stdout.write(rendered(terminal, format, what));
}

function rendered(terminal: Terminal, format: Format | undefined, what: Printable): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(what.data, null, 2)}\n`;
    case 'yaml':
      return Array.isArray(what.data) && what.data.some(isDocument)
        ? what.data.map((each) => `---\n${stringify(each)}`).join('')
        : stringify(what.data);
    case 'name':
      return what.names.map((name) => `${name}\n`).join('');
    default: {
      const plain = format === undefined && terminal.stdout.isTTY !== true;
      if (plain || what.headings.length === 0) return tabbedRows(what.rows);
      const table = alignedTable(what.headings, what.rows);
      return wantsColour(terminal) ? colourStates(table) : table;
    }
  }
}

const isDocument = (value: unknown) => typeof value === 'object' && value !== null && 'apiVersion' in value;

/** A single object as `key: value` rows, for `show` on a terminal. */
export function keyValues(
  data: unknown,
  names: readonly string[],
  rows: readonly (readonly [string, string])[],
): Printable {
  return { data, headings: ['FIELD', 'VALUE'], rows, names };
}

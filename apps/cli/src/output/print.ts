import { hasActiveText, inertJson } from '@cellblock/shared/inert-text';
import { Document, Scalar, visit } from 'yaml';
import type { Terminal } from '../terminal.ts';
import { colourStates, wantsColour } from './colour.ts';
import { alignedTable, printable, tabbedRows } from './table.ts';

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
      return `${inertJson(JSON.stringify(what.data, null, 2))}\n`;
    case 'yaml':
      return Array.isArray(what.data) && what.data.some(isDocument)
        ? what.data.map((each) => `---\n${inertYaml(each)}`).join('')
        : inertYaml(what.data);
    case 'name':
      return what.names.map((name) => `${printable(name)}\n`).join('');
    default: {
      const plain = format === undefined && terminal.stdout.isTTY !== true;
      if (plain || what.headings.length === 0) return tabbedRows(what.rows);
      const table = alignedTable(what.headings, what.rows);
      return wantsColour(terminal) ? colourStates(table) : table;
    }
  }
}

/** What is active in a text stands as an escape, which YAML knows between double quotes alone. */
function inertYaml(data: unknown): string {
  const document = new Document(data);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && hasActiveText(node.value.replaceAll('\n', '')))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return inertJson(document.toString());
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

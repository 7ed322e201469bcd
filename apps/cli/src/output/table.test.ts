import { expect, test } from 'vitest';
import { alignedTable, tabbedRows } from './table.ts';

test('columns stand under their headings, without blanks at the end', () => {
  expect(
    alignedTable(
      ['NAME', 'STATE'],
      [
        ['web1', 'running'],
        ['a', '-'],
      ],
    ),
  ).toBe('NAME  STATE\nweb1  running\na     -\n');
});

test('wide and combining characters do not shift what follows', () => {
  expect(
    alignedTable(
      ['A', 'B'],
      [
        ['日本', 'x'],
        ['e\u0301', 'y'],
      ],
    ),
  ).toBe('A     B\n日本  x\ne\u0301     y\n');
});

test('a cell can neither colour the terminal nor forge a row', () => {
  expect(tabbedRows([['a\u001b[31m\nb', 'c\td', '\u202ee']])).toBe('a�[31m�b\tc�d\t�e\n');
});

import { expect, test } from 'vitest';
import { type FilterFields, matchesFilter, parseFilter } from './filter.ts';

interface Row {
  name: string;
  state: string;
  host: string;
  ip: string[];
  memory: number;
  at: Date;
  policy: string | null;
}

const fields: FilterFields<Row> = {
  name: (row) => row.name,
  state: (row) => row.state,
  host: (row) => row.host,
  ip: (row) => row.ip,
  memory: (row) => row.memory,
  at: (row) => row.at,
  policy: (row) => row.policy,
};
const NOW = new Date('2026-11-22T12:00:00Z');
const row = (name: string, more: Partial<Row> = {}): Row => ({
  name,
  state: 'running',
  host: 'fra1-h1',
  ip: ['10.20.4.7', 'fd00::7'],
  memory: 2 ** 30,
  at: new Date('2026-11-22T09:00:00Z'),
  policy: null,
  ...more,
});
const rows = [
  row('web1'),
  row('web2', { state: 'failed', host: 'lon1-h1', ip: ['10.30.0.1'] }),
  row('db 1', { state: 'stopped', policy: 'nginx', memory: 8 * 2 ** 30 }),
  row('old', { at: new Date('2026-11-21T00:00:00Z'), ip: [] }),
];

const cases: [filter: string, names: string[]][] = [
  ['', ['web1', 'web2', 'db 1', 'old']],
  ['state:failed,stopped', ['web2', 'db 1']],
  ['state:running host:fra1-*', ['web1', 'old']],
  ['-state:running', ['web2', 'db 1']],
  ['state!=running', ['web2', 'db 1']],
  ['ip:10.20.0.0/16', ['web1', 'db 1']],
  ['ip:fd00::/8', ['web1', 'db 1']],
  ['ip:none', ['old']],
  ['-policy:none', ['db 1']],
  ['memory>=8GiB', ['db 1']],
  ['memory<2GiB', ['web1', 'web2', 'old']],
  ['at>now-6h', ['web1', 'web2', 'db 1']],
  ['at<2026-11-22T00:00Z', ['old']],
  ['name:"db 1"', ['db 1']],
  ['name~^web[12]$', ['web1', 'web2']],
  ['(name:web1 OR name:old)', ['web1', 'old']],
  ['name:web1 OR state:failed', ['web1', 'web2']],
  ['lon1', ['web2']],
  ['"db 1"', ['db 1']],
  ['10.30.0.1', ['web2']],
  ['fd00::7', ['web1', 'db 1']],
  ['host:fra1-* -(name:web1 OR name:old)', ['db 1']],
];

test.each(cases)('%s', (text, names) => {
  const parsed = parseFilter(text, Object.keys(fields));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const found = rows.filter((one) => matchesFilter(parsed.filter, one, fields, NOW));
  expect(found.map(({ name }) => name)).toEqual(names);
});

const bad: [filter: string, message: string, at: number, nearest: string | null][] = [
  ['stat:failed', 'There is no field stat.', 0, 'state'],
  ['state:failed hots:x', 'There is no field hots.', 13, 'host'],
  ['zzzzzzzz:1', 'There is no field zzzzzzzz.', 0, null],
  ['(state:failed', 'A bracket is not closed.', 0, null],
  ['state:failed)', 'A bracket is closed that was not opened.', 12, null],
  ['name:"db', 'A quote is not closed.', 5, null],
  ['state:', 'state: needs a value.', 0, null],
  ['name~[', '[ is no regular expression.', 0, null],
  ['a OR', 'Nothing follows OR.', 2, null],
];

test.each(bad)('%s is refused', (text, message, at, nearest) => {
  expect(parseFilter(text, Object.keys(fields))).toEqual({
    ok: false,
    error: expect.objectContaining({ message, at, nearest }),
  });
});

import { expect, it } from 'vitest';
import { byObject, type Row } from './notice-rows.ts';

const row = (name: string, severity: Row['severity'], at: string, clearedAt: string | null = null): Row => ({
  subject: `notice/${name} ${at}`,
  severity,
  object: { type: 'host', id: name, name },
  at,
  clearedAt,
  done: false,
});

it('keeps what is about one object together: open first, the worst first, then the newest', () => {
  const rows = byObject([
    row('h1', 'warn', '1'),
    row('h2', 'unknown', '5'),
    row('h3', 'bad', '9', '10'),
    row('h1', 'bad', '3'),
  ]);
  expect(rows.map(({ object, at, first }) => `${object.name} ${at} ${first}`)).toEqual([
    'h1 3 true',
    'h1 1 false',
    'h2 5 true',
    'h3 9 true',
  ]);
});

import { expect, it } from 'vitest';
import { byHost, cellLook } from './fleet-cells.ts';

it('a jail looks as good as its host says, and no better', () => {
  expect((['running', 'starting', 'wanted', 'stopped', 'failed', 'unknown'] as const).map(cellLook)).toEqual([
    'good',
    'moving',
    'moving',
    'down',
    'bad',
    'unknown',
  ]);
});

it('jails stand by host, both by name', () => {
  const jail = (name: string, host: string) => ({
    name,
    host: { id: host, name: host, state: 'ready' as const },
  });
  expect(
    byHost([jail('b', 'h2'), jail('c', 'h1'), jail('a', 'h2')]).map(([host, rows]) => [
      host,
      rows.map(({ name }) => name),
    ]),
  ).toEqual([
    ['h1', ['c']],
    ['h2', ['a', 'b']],
  ]);
});

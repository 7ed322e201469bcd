import { describe, expect, it } from 'vitest';
import { diffOf } from './before-after.ts';

const lines = (before: unknown, after: unknown) => diffOf(before, after).map(({ sign, text }) => sign + text);

describe('before and after as lines', () => {
  it('shows what stayed, went and came, in order of the keys', () => {
    expect(lines({ name: 'web-1', addresses: [] }, { name: 'web-1', addresses: ['10.0.0.5'] })).toEqual([
      '-addresses: []',
      '+addresses: [10.0.0.5]',
      ' name: web-1',
    ]);
  });

  it('follows objects down to their leaves', () => {
    expect(lines({ limits: { memory: 1, pids: null } }, { limits: { memory: 2, pids: null } })).toEqual([
      '-limits.memory: 1',
      '+limits.memory: 2',
      ' limits.pids: none',
    ]);
  });

  it('has only one side where a thing was made or removed', () => {
    expect(lines(null, { name: 'web-1' })).toEqual(['+name: web-1']);
    expect(lines({ name: 'web-1' }, null)).toEqual(['-name: web-1']);
    expect(lines(null, null)).toEqual([]);
  });
});

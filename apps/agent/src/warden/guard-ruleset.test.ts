import { expect, test } from 'vitest';
import { guardRuleset } from './guard-ruleset.ts';

test('protocols are numbers: a host without /etc/protocols could not resolve their names', () => {
  const named = guardRuleset('00000000')
    .split('\n')
    .filter((line) => /\b(protocol|nexthdr|l4proto)\b/.test(line));
  expect(named).not.toEqual([]);
  for (const rule of named) expect(rule).toMatch(/\b(protocol|nexthdr|l4proto) (!= )?(\{[ \d,]+\}|\d+)/);
});

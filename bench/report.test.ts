import { expect, test } from 'vitest';
import { keptRows } from './report.ts';

const EARLIER = `# What it costs, measured

Last written …

## A1. One jail

Measured on a Monday.

## B8. The command

- **met**: 78 s
`;

test('rows that are not measured now stay as they were', () => {
  expect(keptRows(EARLIER, ['A1'])).toEqual([{ id: 'B8', text: '## B8. The command\n\n- **met**: 78 s\n' }]);
  expect(keptRows('', ['A1'])).toEqual([]);
});

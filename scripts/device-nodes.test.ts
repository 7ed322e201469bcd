import { expect, test } from 'vitest';
import { changedNodes, deviceNodes } from './device-nodes.ts';

test('a device node that a suite changed is named, with what it was', () => {
  const before = deviceNodes();
  expect(changedNodes(before, deviceNodes())).toEqual([]);
  const after = before.map((line) => line.replace('/dev/null 0:0 20666', '/dev/null 0:0 20600'));
  expect(changedNodes(before, after)).toEqual([
    expect.stringMatching(/^\/dev\/null .* became \/dev\/null .* 20600/),
  ]);
});

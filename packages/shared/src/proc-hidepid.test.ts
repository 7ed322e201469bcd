import { expect, test } from 'vitest';
import { hidesProcesses } from './proc-hidepid.ts';

test('hidden is what is neither listed nor found by number', () => {
  const all = ['off', '0', 'noaccess', '1', 'invisible', '2', 'ptraceable', '4'];
  expect(all.filter(hidesProcesses)).toEqual(['invisible', '2', 'ptraceable', '4']);
});

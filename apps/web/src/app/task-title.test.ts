import { expect, it } from 'vitest';
import { taskTitle } from './task-title.ts';

const title = (kind: Parameters<typeof taskTitle>[0]['kind'], name: string) =>
  taskTitle({ kind, object: { type: 'jail', id: 'x', name } });

it('says what was wanted, in the words of a button', () => {
  expect(title('jail.stop', 'web-1')).toBe('Stop web-1');
  expect(title('jail.configure', 'web-1')).toBe('Change settings of web-1');
  expect(title('ip.assign', '10.0.0.5')).toBe('Assign 10.0.0.5');
  expect(title('network.create', 'prod')).toBe('Create network prod');
});

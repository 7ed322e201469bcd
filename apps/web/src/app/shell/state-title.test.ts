import { expect, it } from 'vitest';
import { stateTitle } from './state-title.ts';

it('puts the number and the worst open state before the title, once', () => {
  expect(stateTitle('Jails · Cellblock', 2, 'bad')).toBe('(2) ✕ Jails · Cellblock');
  expect(stateTitle('(2) ✕ Jails · Cellblock', 12, 'unknown')).toBe('(12) ? Jails · Cellblock');
  expect(stateTitle('(2) ✕ Jails · Cellblock', 0, null)).toBe('Jails · Cellblock');
});

import { Readable } from 'node:stream';
import { AppError } from '@cellblock/shared/app-error';
import { expect, test } from 'vitest';
import { sendInput } from './send-input.ts';

const refused = (code: 'conflict' | 'not-found') =>
  new AppError(code, 'It was not taken.', { cause: 'so says the agent', fix: 'see there' });

test('a piece that was not taken because the command reads slowly is sent again, and none is left out', async () => {
  const taken: (string | null)[] = [];
  let asked = 0;
  sendInput(Readable.from(['one ', 'two ', 'three']), async (data) => {
    asked += 1;
    if (asked % 3 !== 0) throw refused('conflict');
    taken.push(data === null ? null : Buffer.from(data, 'base64').toString());
  });
  await expect.poll(() => taken).toEqual(['one ', 'two ', 'three', null]);
});

test('a command that has ended is sent nothing more', async () => {
  let asked = 0;
  const stdin = Readable.from(['one ', 'two ']);
  sendInput(stdin, async () => {
    asked += 1;
    throw refused('not-found');
  });
  await expect.poll(() => stdin.destroyed).toBe(true);
  expect(asked).toBe(1);
});

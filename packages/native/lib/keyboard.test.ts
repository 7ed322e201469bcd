import { constants, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Keyboard } from './keyboard.ts';

const { O_WRONLY, O_NONBLOCK } = constants;

test('a terminal that takes nothing any more says so, and keeps nobody who types there waiting', async () => {
  let hasFailed = 0;
  const typedAt = (path: string) =>
    new Keyboard(openSync(path, O_WRONLY | O_NONBLOCK), () => {
      hasFailed += 1;
    });
  const full = typedAt('/dev/full');
  await full.type(Buffer.from('lost'));
  expect(hasFailed).toBe(1);
  // Its window does not count: nobody waits for it.
  full.resize({ rows: 24, columns: 80 });
  await full.leave();
  await full.type(Buffer.from('later'));
  // Control: one that takes what it is given.
  const taking = typedAt('/dev/null');
  await taking.type(Buffer.from('taken'));
  await taking.leave();
  expect(hasFailed).toBe(1);
});

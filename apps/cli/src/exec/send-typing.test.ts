import { PassThrough } from 'node:stream';

import { AppError } from '@cellblock/shared/app-error';
import { expect, test } from 'vitest';
import { sendTyping } from './send-typing.ts';

const refused = (code: 'conflict' | 'not-found') =>
  new AppError(code, 'It was not taken.', { cause: 'so says the agent', fix: 'see there' });

/** Somebody who types at what takes a piece as `take` says. */
function typist(take: (text: string) => Promise<void>) {
  const stdin = new PassThrough();
  const told: string[] = [];
  const taken: string[] = [];
  const send = async (data: string) => {
    const text = Buffer.from(data, 'base64').toString();
    await take(text);
    taken.push(text);
  };
  const keys = {
    leave: 0x1d,
    left: () => told.push('left'),
    notTaken: () => told.push('not taken'),
  };
  const stop = sendTyping(stdin, send, keys);
  return { stdin, told, taken, stop };
}

test('what was typed before the key that leaves is sent, and nothing behind it', async () => {
  const { stdin, told, taken } = typist(async () => {});
  for (const piece of ['one', 'two\u001dthree', 'four']) stdin.write(piece);
  await expect.poll(() => told).toEqual(['left']);
  expect(taken.join('')).toBe('onetwo');
});

test('the key leaves while what was typed before is not answered', async () => {
  const { stdin, told } = typist(() => new Promise(() => {}));
  stdin.write('stuck');
  await new Promise((resolve) => setImmediate(resolve));
  stdin.write('\u001d');
  await expect.poll(() => told, { timeout: 5000 }).toEqual(['left']);
});

test('what is not taken because nobody reads is said once, sent again, and the key leaves meanwhile', async () => {
  let reads = false;
  const { stdin, told, taken } = typist(async () => {
    if (!reads) throw refused('conflict');
  });
  stdin.write('one ');
  await expect.poll(() => told).toEqual(['not taken']);
  stdin.write('two');
  reads = true;
  await expect.poll(() => taken.join('')).toBe('one two');
  reads = false;
  stdin.write('three');
  await expect.poll(() => told).toEqual(['not taken', 'not taken']);
  stdin.write('\u001d');
  await expect.poll(() => told, { timeout: 5000 }).toEqual(['not taken', 'not taken', 'left']);
  expect(taken.join('')).toBe('one two');
});

test('any other failure is said too, and what is typed next is sent all the same', async () => {
  let fails = true;
  const { stdin, told, taken } = typist(async () => {
    if (fails) throw new Error('the way to the dashboard is gone');
  });
  stdin.write('lost');
  await expect.poll(() => told).toEqual(['not taken']);
  fails = false;
  stdin.write('next');
  await expect.poll(() => taken).toEqual(['next']);
});

test('what nobody takes is kept up to a bound', async () => {
  const { stdin, told, stop } = typist(() => new Promise(() => {}));
  for (let n = 0; n < 17; n++) stdin.write(Buffer.alloc(1 << 16, 'x'));
  await expect.poll(() => told).toEqual(['not taken']);
  stop();
});

import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

async function all<T>(queue: EventQueue<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of queue) taken.push(item);
  return taken;
}

it('gives what was pushed before and after the taker came, then ends', async () => {
  const queue = new EventQueue(10, 'overrun');
  queue.push(['a', 'b']);
  const taken = all(queue);
  queue.push(['c']);
  await Promise.resolve();
  queue.push(['d']);
  queue.end();
  expect(await taken).toEqual(['a', 'b', 'c', 'd']);
});

it('says that there was too much instead of growing', async () => {
  const queue = new EventQueue(2, 'overrun');
  queue.push(['a', 'b', 'c']);
  queue.push(['d']);
  queue.end();
  expect(await all(queue)).toEqual(['overrun', 'd']);
});

it('ends with its failure after what came before it', async () => {
  const queue = new EventQueue(10, 'overrun');
  queue.push(['a']);
  queue.end(new Error('gone'));
  const taken = queue[Symbol.asyncIterator]();
  expect(await taken.next()).toEqual({ done: false, value: 'a' });
  await expect(taken.next()).rejects.toThrow('gone');
});

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { whileSignedIn } from './while-signed-in.ts';

async function* until(signal: AbortSignal) {
  yield 'begun';
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

test.each([
  ['its session', 'session/s1', true],
  ['another session', 'session/s2', false],
])('a stream that hears of the end of %s', async (_, topic, ends) => {
  const changes = new EventEmitter();
  const connection = new AbortController();
  const ctx = { services: { changes }, identity: { session: { id: 's1' } } };
  const stream = whileSignedIn(ctx as never, connection.signal, until);
  await stream.next();
  const rest = stream.next().then(() => 'over');
  changes.emit('changed', { topics: [topic] });
  const soon = new Promise((resolve) => setTimeout(() => resolve('goes on'), 20));
  expect(await Promise.race([rest, soon])).toBe(ends ? 'over' : 'goes on');
  connection.abort();
  expect(await rest).toBe('over');
  expect(changes.listenerCount('changed')).toBe(0);
});

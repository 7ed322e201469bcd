import { expect, test } from 'vitest';
import { relaySubscription } from './relay-subscription.ts';

/** A console that says `told` at once and nothing more, and never ends by itself. */
function consoleOf(...told: string[]) {
  const its = { open: 0 };
  const subscribe: Parameters<typeof relaySubscription<string>>[0] = ({ onData }) => {
    its.open += 1;
    for (const line of told) onData(line);
    const unsubscribe = () => {
      its.open -= 1;
    };
    return { unsubscribe };
  };
  return { its, subscribe };
}
async function all(stream: AsyncGenerator<string>): Promise<string[]> {
  const got = [];
  for await (const piece of stream) got.push(piece);
  return got;
}

test('who leaves ends it at its source', async () => {
  const reader = new AbortController();
  const { its, subscribe } = consoleOf('one', 'two');
  const stream = relaySubscription<string>(subscribe, reader.signal);
  expect([await stream.next(), its.open]).toEqual([{ done: false, value: 'one' }, 1]);
  reader.abort();
  expect([await all(stream), its.open]).toEqual([['two'], 0]);
});

test('so does who had left before it began', async () => {
  const { its, subscribe } = consoleOf();
  expect(await all(relaySubscription<string>(subscribe, AbortSignal.abort()))).toEqual([]);
  expect(its.open).toBe(0);
});

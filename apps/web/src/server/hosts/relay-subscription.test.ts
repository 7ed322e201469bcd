import { READER_WINDOW, weightOf } from '@cellblock/shared/stream-reader';
import { expect, test, vi } from 'vitest';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { MOST_UNREAD, relayOutput, relaySubscription } from './relay-subscription.ts';

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

const PIECE = { data: 'x'.repeat(64 * 1024) };
const WEIGHT = weightOf(PIECE);

/** An agent whose jail writes all the time; `waits`: it sends no more than its reader has room for. */
function floodingAgent(waits: boolean) {
  const its = { sent: 0, onTheWay: 0, open: true };
  let timer: NodeJS.Timeout;
  const took = {
    mutate: async ({ bytes }: { bytes: number }) => {
      its.onTheWay -= bytes;
    },
  };
  const agent = { jail: { took } } as unknown as AgentClient;
  const subscribe = (_: string, observer: { onData: (piece: unknown) => void }) => {
    timer = setInterval(() => {
      for (let n = 0; n < 50 && its.open && !(waits && its.onTheWay >= READER_WINDOW); n++) {
        its.sent += 1;
        its.onTheWay += WEIGHT;
        observer.onData(PIECE);
      }
    }, 1);
    const unsubscribe = () => {
      its.open = false;
      clearInterval(timer);
    };
    return { unsubscribe };
  };
  return { agent, its, stream: relayOutput<typeof PIECE>(agent, subscribe as never, undefined) };
}

test('of an agent that waits no more is here than its reader has room for, and all of it is read', async () => {
  const { its, stream } = floodingAgent(true);
  await stream.next();
  await vi.waitFor(() => expect(its.onTheWay).toBeGreaterThanOrEqual(READER_WINDOW), 5_000);
  const stands = its.sent;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(its.sent).toBe(stands);
  expect(stands * WEIGHT).toBeLessThan(READER_WINDOW + 2 * WEIGHT);
  for (let n = 1; n < 200; n++) expect((await stream.next()).done).toBe(false);
  expect(its.onTheWay).toBeLessThan(READER_WINDOW + 2 * WEIGHT);
  await stream.return(undefined);
  expect(its.open).toBe(false);
});

test('one that does not wait is left when too much is unread, which the reader hears after what had come', async () => {
  const { its, stream } = floodingAgent(false);
  await stream.next();
  await vi.waitFor(() => expect(its.open).toBe(false), 5_000);
  expect(its.sent * WEIGHT).toBeLessThan(MOST_UNREAD + 2 * WEIGHT);
  for (let n = 1; n < its.sent; n++) expect((await stream.next()).done).toBe(false);
  await expect(stream.next()).rejects.toMatchObject({
    refusal: {
      code: 'conflict',
      cause: expect.stringContaining('More than 8 MiB'),
      fix: expect.stringContaining('cellblock host ls'),
    },
  });
});

test('an agent that does not hear what was read would wait for ever: the stream ends, and says so', async () => {
  const { agent, its, stream } = floodingAgent(true);
  const refuse = async () => Promise.reject(new Error('No procedure found on path "jail.took"'));
  Object.assign(agent.jail.took, { mutate: refuse });
  const readAll = async () => {
    for await (const piece of stream) expect(piece).toBe(PIECE);
  };
  await expect(readAll()).rejects.toMatchObject({
    refusal: {
      code: 'conflict',
      cause: expect.stringContaining('jail.took'),
      fix: expect.stringContaining('version'),
    },
  });
  expect(its.open).toBe(false);
});

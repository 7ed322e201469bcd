import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { appendLeaves } from '../audit/append-leaves.ts';
import { searchEvents } from '../audit/search-events.ts';
import type { AgentConnections } from '../host-sync/agent-connections.ts';
import { setAgentConnections } from '../hosts/agent-client.ts';
import { as, refusal, TestHost, testDb } from '../test-fleet.ts';
import { openConsole } from './console-of-jail.ts';
import { createJail } from './create-jail.ts';
import { execInput, execKill, execOutput, openExec } from './exec-in-jail.ts';
import { jailLogs } from './jail-logs.ts';
import { stopJail } from './stop-jail.ts';

/** Whether an event can get its number just now. */
let numbers = true;
vi.mock(import('../audit/append-leaves.ts'), async (original) => {
  const { appendLeaves } = await original();
  return {
    appendLeaves: async (db) => {
      if (!numbers) throw new Error('another numbers, and takes its time');
      return await appendLeaves(db);
    },
  };
});

const db = testDb();
const mira = as(db);
const opened: { command: string[]; cause: string | null }[] = [];
let canOpen = true;
let ends = true;
let exit: object = { code: 3, signal: null };
let goes = false;
let floods = false;
/** whether a session is read already */
let isRead = false;
const killed: string[] = [];
const causes: (string | null)[] = [];

/** An agent whose only command prints and ends with 3. */
const agent = {
  jail: {
    execOpen: {
      mutate: async (input: { command: string[]; cause: string | null }) => {
        if (!canOpen) throw new Error('no such program');
        opened.push(input);
        return { session: 's1' };
      },
    },
    consoleOpen: {
      mutate: async (input: { cause: string | null }) => {
        if (!canOpen) throw new Error('no console');
        causes.push(input.cause);
        return { session: 's1' };
      },
    },
    execOutput: {
      subscribe: (
        _: unknown,
        observer: {
          onData: (value: unknown) => void;
          onError: (error: Error) => void;
          onComplete: () => void;
        },
      ) => {
        if (isRead) observer.onError(new Error('somebody reads it already'));
        else observer.onData({ type: 'output', stream: 'stdout', data: 'aGk=' });
        for (let mebi = 0; floods && mebi < 9; mebi++)
          observer.onData({ type: 'output', stream: 'stdout', data: 'a'.repeat(1 << 20) });
        if (ends) observer.onData({ type: 'exit', ...exit });
        if (ends || goes) observer.onComplete();
        return { unsubscribe: () => {} };
      },
    },
    took: { mutate: async () => {} },
    execInput: { mutate: async () => {} },
    execKill: {
      mutate: async ({ session }: { session: string }) => {
        killed.push(session);
      },
    },
    console: {
      subscribe: (_: unknown, observer: { onData: (value: unknown) => void; onComplete: () => void }) => {
        // The euro sign is cut in two.
        observer.onData({ offset: 0, data: Buffer.from([0x61, 0xe2, 0x82]).toString('base64'), dropped: 0 });
        observer.onData({ offset: 3, data: Buffer.from([0xac]).toString('base64'), dropped: 0 });
        observer.onComplete();
        return { unsubscribe: () => {} };
      },
    },
  },
};

const ways = { connections: { of: () => ({ agent }) } as unknown as AgentConnections, relays: null };

beforeAll(async () => {
  const h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createJail(mira, { name: 'web1', network: null });
  await h1.report();
  setAgentConnections(db, ways);
});
afterAll(() => db.$disconnect());

const input = { jail: 'web1', command: ['/bin/sh', '-c', 'exit 3'], uid: 1000, tty: null };
const events = async () => (await searchEvents(mira, { q: 'action:jail.exec' })).events.reverse();

test('a command is recorded before it begins, and how it ended after', async () => {
  const { session } = await openExec(mira, input);
  const [intent] = await events();
  expect(intent).toMatchObject({
    phase: 'intent',
    after: { command: input.command, uid: 1000 },
    latestOutcome: null,
  });
  expect(opened[0]?.cause).toBe(intent?.id);
  const pieces = [];
  for await (const piece of execOutput(mira, { session })) pieces.push(piece);
  expect(pieces).toEqual([
    { type: 'output', stream: 'stdout', data: 'aGk=' },
    { type: 'exit', code: 3, signal: null },
  ]);
  expect((await events())[1]).toMatchObject({
    phase: 'outcome',
    outcome: 'applied',
    summary: 'the command in web1 ended with 3',
    after: { code: 3, signal: null },
  });
});

test('how a command ended is told and recorded once, also when its number in the history comes later', async () => {
  const { session } = await openExec(mira, input);
  const before = (await events()).length;
  numbers = false;
  onTestFinished(() => {
    numbers = true;
  });
  const pieces = [];
  for await (const piece of execOutput(mira, { session })) pieces.push(piece);
  numbers = true;
  expect(pieces.at(-1)).toMatchObject({ type: 'exit', code: 3 });
  await appendLeaves(db);
  const after = (await events()).slice(before);
  expect(after).toMatchObject([{ phase: 'outcome', summary: 'the command in web1 ended with 3' }]);
});

test('nobody else writes into a session', async () => {
  const { session } = await openExec(mira, input);
  const otto = as(db, 'otto', 'operator');
  expect((await refusal(execInput(otto, { session, data: null }))).code).toBe('not-found');
  await execInput(mira, { session, data: null });
});

test('a command whose reader vanishes is ended, and the history says so', async () => {
  ends = false;
  const { session } = await openExec(mira, input);
  const reader = new AbortController();
  for await (const piece of execOutput(mira, { session }, reader.signal)) {
    expect(piece.type).toBe('output');
    reader.abort();
  }
  ends = true;
  expect(killed).toEqual(['s1']);
  expect((await events()).at(-1)).toMatchObject({
    phase: 'outcome',
    outcome: 'failed',
    summary: 'the command in web1 was ended: nobody read what it wrote any more',
  });
  expect((await refusal(execInput(mira, { session, data: null }))).code).toBe('not-found');
});

test('whoever reads a session a second time does not end it for the first', async () => {
  ends = false;
  const { session } = await openExec(mira, input);
  const reader = new AbortController();
  const before = killed.length;
  for await (const _ of execOutput(mira, { session }, reader.signal)) {
    isRead = true;
    await expect(execOutput(mira, { session }).next()).rejects.toThrow('somebody reads it already');
    expect(killed).toHaveLength(before);
    await execInput(mira, { session, data: '' });
    reader.abort();
  }
  isRead = false;
  ends = true;
  // Control: the first does.
  expect(killed).toHaveLength(before + 1);
});

test('a command whose host goes away is not said to have been left by its reader', async () => {
  ends = false;
  goes = true;
  const { session } = await openExec(mira, input);
  for await (const _ of execOutput(mira, { session }));
  floods = true;
  const flooding = await openExec(mira, input);
  await expect(
    (async () => {
      for await (const _ of execOutput(mira, flooding));
    })(),
  ).rejects.toThrow('slower than it comes');
  ends = true;
  goes = false;
  floods = false;
  expect((await events()).at(-1)).toMatchObject({
    summary: 'the command in web1 was ended: nobody read what it wrote any more',
  });
  expect((await events()).at(-3)).toMatchObject({
    outcome: 'failed',
    summary: 'the command in web1 was cut off: the way to its host ended',
  });
});

test('an end that could not be recorded when it was heard is recorded once more', async () => {
  let isDown = false;
  const failing = new Proxy(db, {
    get: (target, name) => {
      if (name !== '$transaction' || !isDown) return Reflect.get(target, name);
      isDown = false;
      return () => Promise.reject(new Error('the database is restarted'));
    },
  });
  const ctx = { ...mira, db: failing };
  setAgentConnections(failing, ways);
  const { session } = await openExec(ctx, input);
  isDown = true;
  const read = async () => {
    for await (const _ of execOutput(ctx, { session }));
  };
  await expect(read()).rejects.toThrow('the database is restarted');
  expect((await events()).at(-1)).toMatchObject({
    phase: 'outcome',
    outcome: 'applied',
    summary: 'the command in web1 ended with 3',
  });
});

test('one that does not begin has failed', async () => {
  canOpen = false;
  await expect(openExec(mira, input)).rejects.toThrow('no such program');
  expect((await events()).at(-1)).toMatchObject({ outcome: 'failed', after: { message: 'no such program' } });
});

test('a console is recorded before it is opened, and how it ended after', async () => {
  canOpen = true;
  const history = async () => (await searchEvents(mira, { q: 'action:jail.console' })).events.reverse();
  const asked = { jail: 'web1', rows: 24, columns: 80 };
  const read = async (session: string) => {
    for await (const _ of execOutput(mira, { session }));
    return (await history()).at(-1);
  };
  const left = await openConsole(mira, asked);
  const [intent] = await history();
  expect(intent).toMatchObject({
    phase: 'intent',
    actor: { name: 'mira' },
    summary: 'mira opened the console of web1',
    latestOutcome: null,
  });
  expect(causes).toEqual([intent?.id]);
  expect((await refusal(execInput(as(db, 'otto', 'operator'), { ...left, data: '' }))).code).toBe(
    'not-found',
  );
  await execKill(mira, left);
  const applied = { phase: 'outcome', outcome: 'applied' };
  expect(await read(left.session)).toMatchObject({ ...applied, summary: 'the console of web1 was left' });

  const { session } = await openConsole(mira, asked);
  expect(await read(session)).toMatchObject({
    ...applied,
    summary: 'the console of web1 ended with its jail',
    after: { code: 3, signal: null },
  });

  for (const [lost, why] of [
    ['keeper', 'its keeper has ended'],
    ['listeners', 'more look at it than its keeper takes'],
    ['terminal', 'it took no more input'],
  ]) {
    exit = { code: null, signal: null, lost };
    expect(await read((await openConsole(mira, asked)).session)).toMatchObject({
      outcome: 'failed',
      summary: `the console of web1 was lost, and its jail ran on: ${why}`,
      after: { lost },
    });
  }
  exit = { code: 3, signal: null };
  canOpen = false;
  await expect(openConsole(mira, asked)).rejects.toThrow('no console');
  expect((await history()).at(-1)).toMatchObject({
    outcome: 'failed',
    summary: 'the console of web1 was not opened',
    after: { message: 'no console' },
  });
});

test('what an operator sees of another one hides the command line', async () => {
  const { events: seen } = await searchEvents(as(db, 'otto', 'operator'), {
    q: 'action:jail.exec phase:intent',
  });
  expect(seen[0]).toMatchObject({ after: null, masked: expect.arrayContaining(['after']) });
});

test('console text is put together across pieces, and that it was read is an event', async () => {
  let text = '';
  for await (const piece of jailLogs(mira, { jail: 'web1' })) text += piece.text;
  expect(text).toBe('a€');
  expect((await searchEvents(mira, { q: 'action:jail.logs phase:intent' })).events).toHaveLength(1);
});

test('a jail that is to be stopped runs nothing', async () => {
  await stopJail(mira, { jail: 'web1' });
  const fix = 'Start it: cellblock start web1';
  expect(await refusal(openExec(mira, input))).toMatchObject({ fix });
  expect(await refusal(openConsole(mira, { jail: 'web1', rows: 24, columns: 80 }))).toMatchObject({ fix });
});

import type { ConsoleRequest, ExecRequest, ExecSession, ProcessTrees } from '@cellblock/native/process-tree';
import { afterEach, expect, test, vi } from 'vitest';
import { ExecSessions } from './exec-sessions.ts';

afterEach(() => void vi.useRealTimers());

/** A command that reads a piece whenever `read` is called. */
async function slowReader() {
  vi.useFakeTimers();
  const pieces: { text: string; read: () => void }[] = [];
  const session = {
    write: (data: Uint8Array) =>
      new Promise<void>((read) => pieces.push({ text: Buffer.from(data).toString(), read })),
    closeInput: () => undefined,
    kill: () => undefined,
  } as unknown as ExecSession;
  const sessions = new ExecSessions({ exec: async () => session } as unknown as ProcessTrees);
  const id = await sessions.open({} as ExecRequest);
  const send = (text: string) =>
    sessions.input(id, Buffer.from(text).toString('base64')).then(
      () => 'taken',
      (error) => error.refusal.code as string,
    );
  return { send, pieces, read: () => pieces.at(-1)?.read(), taken: () => pieces.map(({ text }) => text) };
}

test('a piece is taken when the one before has been read, and in their order', async () => {
  const { send, read, taken } = await slowReader();
  expect(await send('a')).toBe('taken');
  const next = send('b');
  await vi.advanceTimersByTimeAsync(19_000);
  expect(taken()).toEqual(['a']);
  read();
  expect(await next).toBe('taken');
  expect(taken()).toEqual(['a', 'b']);
});

test('of what a command does not read nothing is kept, and it may be sent again', async () => {
  const { send, read, taken } = await slowReader();
  await send('a');
  const waiting = Array.from({ length: 4 }, (_, n) => send(`later ${n}`));
  expect(await send('too many')).toBe('conflict');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 4 }, () => 'conflict'));
  expect(taken()).toEqual(['a']);
  read();
  await vi.advanceTimersByTimeAsync(0);
  expect(await send('b')).toBe('taken');
});

test('one is at a console at a time, and the next when it has been left', async () => {
  const left: string[] = [];
  const sessions = new ExecSessions({
    openConsole: async ({ runDirectory }: ConsoleRequest) => {
      if (runDirectory === 'none') throw new Error('no terminal');
      return {
        kill: () => left.push(runDirectory),
        output: nothing(),
        exit: ENDED,
      } as unknown as ExecSession;
    },
  } as unknown as ProcessTrees);
  const open = (key: string, runDirectory = key) =>
    sessions.openConsole({ key, name: key }, { runDirectory, rows: 24, columns: 80 });
  await expect(open('web', 'none')).rejects.toThrow('no terminal');
  const first = await open('web');
  await expect(open('web')).rejects.toMatchObject({
    refusal: { code: 'conflict', field: 'jail', fix: expect.stringContaining('cellblock logs web -f') },
  });
  await open('another');
  for await (const _ of sessions.output(first, undefined));
  expect(left).toContain('web');
  await open('web');
});

test('what is wrong with a session is said in words that hold for commands and consoles', async () => {
  const sessions = new ExecSessions({} as ProcessTrees);
  await expect(sessions.input('gone', null)).rejects.toMatchObject({
    refusal: {
      code: 'not-found',
      field: 'session',
      cause: expect.stringMatching(/its command or its jail/),
      fix: expect.stringContaining('cellblock console JAIL'),
    },
  });
});

const ENDED = Promise.resolve({ code: 0, signal: null });
async function* nothing() {}

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ExecOutput, SessionCalls } from '../dashboard/procedures.ts';
import type { Run } from '../run.ts';
import { attached } from './attached.ts';
import { TERMINAL_RESET } from './terminal-reset.ts';

/** Somebody at a terminal, with a session that says what `say` says. */
function aTerminal(execKill: () => Promise<unknown>) {
  const events: string[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => events.push(raw ? 'raw' : 'not raw'),
  });
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  stdout.on('data', (piece: Buffer) => events.push(piece.toString()));
  let say: (part: ExecOutput) => void = () => {};
  let over = () => {};
  const calls: SessionCalls = {
    execOutput: {
      subscribe: (_, { onData, onComplete }) => {
        say = onData;
        over = onComplete ?? over;
        return { unsubscribe: () => {} };
      },
    },
    execInput: { mutate: async () => {} },
    execResize: { mutate: async () => {} },
    execKill: { mutate: execKill },
  };
  const run = { terminal: { stdin, stdout, stderr: stdout } } as unknown as Run;
  const keys = {
    leave: 0x1d,
    left: () => void events.push('left'),
    notTaken: () => void events.push('not taken'),
  };
  const atConsole = () => attached(run, calls, 's1', { tty: true, keys });
  const atCommand = () => attached(run, calls, 's1', { tty: true });
  return { stdin, events, atConsole, atCommand, say: (part: ExecOutput) => say(part), over: () => over() };
}

const never = () => new Promise(() => {});
/** As the kernel does, for us alone. */
const terminate = () => (process.listeners('SIGTERM').at(-1) as () => void)();

test.concurrent.each([
  ['unanswered', never],
  ['refused', () => Promise.reject(new Error('the dashboard is gone'))],
  ['answered, and there is more and more to show', async () => {}],
])('who leaves a console is out soon, also when that is %s', async (_, execKill) => {
  const { stdin, events, atConsole } = aTerminal(execKill);
  const began = performance.now();
  const over = atConsole();
  stdin.write('\u001d');
  expect(await over).toBeNull();
  expect(performance.now() - began).toBeGreaterThan(1900);
  expect(events).toEqual(['raw', 'left', TERMINAL_RESET, 'not raw']);
});

test('a second SIGTERM waits for nobody', async () => {
  const { events, atCommand } = aTerminal(never);
  const over = atCommand();
  terminate();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events).toEqual(['raw']);
  terminate();
  expect(await over).toBeNull();
  // A command that was run at it put it right by itself, or did not want to.
  expect(events).toEqual(['raw', 'not raw']);
});

test('answers of the terminal that come after the end are taken away from the shell', async () => {
  const { stdin, events, atConsole, say, over } = aTerminal(async () => {});
  const ended = atConsole();
  say({ type: 'output', stream: 'stdout', data: Buffer.from('\u001b[6n').toString('base64') });
  say({ type: 'exit', code: 0, signal: null });
  over();
  await expect.poll(() => events).toContain(TERMINAL_RESET);
  stdin.write('\u001b[1;1R');
  await expect.poll(() => stdin.readableLength).toBe(0);
  expect(events).not.toContain('not raw');
  expect(await ended).toMatchObject({ code: 0 });
  expect(events.at(-1)).toBe('not raw');
});

import { expect, test } from 'vitest';
import { wholeOutput } from './xray-jail.ts';

const MIB = 1024 ** 2;

/** A walk that writes a hundred MiB, unless it is ended. */
function talker(streams: ('stdout' | 'stderr')[]) {
  let killed = false;
  let pieces = 0;
  return {
    pieces: () => pieces,
    closeInput: () => undefined,
    kill: () => {
      killed = true;
    },
    output: (async function* () {
      while (!killed && pieces < 100) {
        const stream = streams[pieces % streams.length] ?? 'stdout';
        pieces += 1;
        yield { stream, data: Buffer.alloc(MIB, '.') };
      }
    })(),
    exit: Promise.resolve({ code: null, signal: 9 }),
  };
}

test.each([[['stdout']], [['stderr']], [['stdout', 'stderr']]] as const)(
  'a walk that writes without end on %s is ended',
  async (streams) => {
    const session = talker([...streams]);
    const { text, errors, end } = await wholeOutput(session);
    expect(session.pieces()).toBe(9);
    expect(text.length + errors.length).toBe(8 * MIB);
    expect(end).toBe('signal 9');
  },
);

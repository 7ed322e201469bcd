import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type ExecHelper, streamsOf } from './exec-helper.ts';
import type { ExecSession } from './process-tree.ts';
import { failureFrom } from './spawn-answer.ts';

type Output = { stream: 'stdout' | 'stderr'; data: Uint8Array };
type Exit = { code: number | null; signal: number | null };

/**
 * Both streams as one sequence; it reads on only when its reader does. The first piece of each is asked for
 * at once: node throws away what a child that has ended wrote to a stream nobody has begun to read.
 */
function outputOf(streams: { stream: Output['stream']; from: Readable }[]): AsyncIterable<Output> {
  type Come = { of: (typeof readers)[number]; result: IteratorResult<Buffer> } | { failure: unknown };
  const readers = streams.map(({ stream, from }) => ({
    stream,
    iterator: (from as AsyncIterable<Buffer>)[Symbol.asyncIterator](),
  }));
  const come: Come[] = [];
  let wake = () => {};
  // No race of promises: one that a silent stream has not settled yet would keep every piece of the other.
  const ask = async (of: (typeof readers)[number]) => {
    try {
      come.push({ of, result: await of.iterator.next() });
    } catch (failure) {
      come.push({ failure });
    }
    wake();
  };
  for (const reader of readers) void ask(reader);
  return (async function* () {
    for (let open = readers.length; open > 0; ) {
      const next = come.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if ('failure' in next) throw next.failure;
      if (next.result.done) {
        open -= 1;
        continue;
      }
      void ask(next.of);
      yield { stream: next.of.stream, data: next.result.value };
    }
  })();
}

function exitFrom(line: string | undefined): Exit {
  const match = /^exit (\d+|-) (\d+|-)$/.exec(line ?? '');
  const number = (text: string | undefined) => (text === undefined || text === '-' ? null : Number(text));
  // No line: the helper was killed with the tree, and so was the command.
  return match ? { code: number(match[1]), signal: number(match[2]) } : { code: null, signal: 9 };
}

/** Told of each piece that it is sent, or that it never will be. */
function written(stream: Socket, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (stream.write(data, () => resolve())) resolve();
  });
}

/** Resolves once the command that a helper was asked for has been executed. */
export async function execSession(helper: ExecHelper): Promise<ExecSession> {
  const { stdin, stdout, stderr, control } = helper;
  const lines = linesOf(control);
  const failure = failureFrom((await lines.next()).value ?? '');
  if (failure) {
    for (const stream of streamsOf(helper)) stream.destroy();
    throw failure;
  }
  const exit = lines.next().then((line) => {
    control.destroy();
    // What nobody reads any more keeps nobody waiting, and no descriptor.
    stdin.destroy();
    return exitFrom(line.value ?? undefined);
  });
  return {
    write: (data) => written(stdin, data),
    closeInput: () => void stdin.end(),
    resize: ({ rows, columns }) => void control.write(`r ${rows} ${columns}\n`),
    // The helper kills the command when its caller has gone.
    kill: () => void control.end(),
    output: outputOf([
      { stream: 'stdout', from: stdout },
      { stream: 'stderr', from: stderr },
    ]),
    exit,
  };
}

async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const data of socket.setEncoding('utf8') as AsyncIterable<string>) {
    const parts = (rest + data).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

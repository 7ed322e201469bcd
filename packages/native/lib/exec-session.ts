import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { callAddon } from './addon.ts';
import type { ExecRequest, ExecSession, TreeProcess } from './process-tree.ts';
import type { TreeBounds } from './run-directory.ts';
import { failureFrom } from './spawn-answer.ts';
import { execMessage } from './spawn-message.ts';

type Output = { stream: 'stdout' | 'stderr'; data: Uint8Array };
type Exit = { code: number | null; signal: number | null };

/**
 * Both streams as one sequence; it reads on only when its reader does. The first piece of each is asked for
 * at once: node throws away what a child that has ended wrote to a stream nobody has begun to read.
 */
function outputOf(streams: { stream: Output['stream']; from: Readable }[]): AsyncIterable<Output> {
  const readers = streams.map(({ stream, from }) => ({
    stream,
    iterator: (from as AsyncIterable<Buffer>)[Symbol.asyncIterator](),
  }));
  const next = (reader: (typeof readers)[number]) =>
    reader.iterator.next().then((result) => ({ reader, result }));
  const waiting = new Map(readers.map((reader) => [reader, next(reader)]));
  return (async function* () {
    while (waiting.size > 0) {
      const { reader, result } = await Promise.race(waiting.values());
      if (result.done) {
        waiting.delete(reader);
        continue;
      }
      waiting.set(reader, next(reader));
      yield { stream: reader.stream, data: result.value };
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

/** Starts `spawn exec` and resolves once the command itself has been executed. */
export async function startExecSession(
  program: string,
  request: ExecRequest,
  init: TreeProcess,
  bounds: TreeBounds,
): Promise<ExecSession> {
  const { stdin, stdout, stderr, control } = await attach(program, execMessage(request, init, bounds));
  const lines = linesOf(control);
  const failure = failureFrom((await lines.next()).value ?? '');
  if (failure) {
    for (const stream of [stdin, stdout, stderr, control]) stream.destroy();
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

/**
 * Not as a child process of Node's: that copies the page tables of the whole warden, and stops it meanwhile. The
 * helper has its request when it begins, before this thread hears of it; it leaves with its control stream at the
 * latest, and is waited for then.
 */
async function attach(program: string, input: Buffer) {
  const { pid, streams } = await callAddon<{ pid: number; streams: [number, number, number, number] }>(
    'startAttachedProgram',
    { arguments: [program, 'exec'], count: 4, input },
  );
  const [stdin, stdout, stderr, control] = streams.map((fd) => new Socket({ fd, allowHalfOpen: true })) as [
    Socket,
    Socket,
    Socket,
    Socket,
  ];
  // The helper has gone: exit tells.
  for (const stream of [stdin, stdout, stderr, control]) stream.on('error', () => {});
  stdin.resume();
  control.once('close', () => void callAddon('reapProgram', { pid }));
  return { stdin, stdout, stderr, control };
}

async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const data of socket.setEncoding('utf8') as AsyncIterable<string>) {
    const parts = (rest + data).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

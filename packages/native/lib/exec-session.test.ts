import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { ExecHelper } from './exec-helper.ts';
import { execSession } from './exec-session.ts';

const PIECE = 64 * 1024;

async function aSession() {
  const [stdin, stdout, stderr, control] = [0, 1, 2, 3].map(() => new PassThrough()) as [
    PassThrough,
    PassThrough,
    PassThrough,
    PassThrough,
  ];
  control.write('ok\n');
  const session = await execSession({ pid: 1, stdin, stdout, stderr, control } as unknown as ExecHelper);
  return { stdout, stderr, output: session.output[Symbol.asyncIterator]() };
}

test('what has been read is not kept, however long the other stream says nothing', async () => {
  const { stdout, output } = await aSession();
  const pieces: WeakRef<Buffer>[] = [];
  for (let n = 0; n < 50; n++) {
    // A function of its own: a variable of this one would hold the last.
    await (async () => {
      const piece = Buffer.alloc(PIECE);
      pieces.push(new WeakRef(piece));
      stdout.write(piece);
      expect((await output.next()).value).toMatchObject({ stream: 'stdout' });
    })();
  }
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await expect
    .poll(() => {
      collect();
      return pieces.filter((piece) => piece.deref()).length;
    })
    .toBeLessThan(5);
});

test('both streams come as they are written, to their ends', async () => {
  const { stdout, stderr, output } = await aSession();
  const said: string[] = [];
  const next = async () => {
    const { value } = await output.next();
    said.push(`${value?.stream} ${Buffer.from(value?.data ?? []).toString()}`);
  };
  stderr.write('one');
  await next();
  stdout.write('two');
  await next();
  stdout.end();
  stderr.write('three');
  await next();
  stderr.end();
  expect(said).toEqual(['stderr one', 'stdout two', 'stderr three']);
  expect((await output.next()).done).toBe(true);
});

test('a stream that fails says so to whoever reads, and to nobody before', async () => {
  const { stdout, output } = await aSession();
  stdout.on('error', () => {}).destroy(new Error('the pipe broke'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(output.next()).rejects.toThrow('the pipe broke');
});

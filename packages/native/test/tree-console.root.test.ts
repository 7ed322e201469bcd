import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listenToKeeper } from '../lib/keeper-client.ts';
import type { ExecSession, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CONFINEMENTS, TreeFixture } from './tree-fixture.ts';

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

/** A tree that has a terminal as its console, and does this there. */
async function treeThat(script: string): Promise<TreeSpec> {
  const command = ['/bin/sh', '-c', `exec <>/dev/console >&0 2>&0; ${script}`];
  const spec = await fixture.spec({ confinement: CONFINEMENTS.system, command });
  await fixture.trees.start(spec);
  return spec;
}
const open = ({ runDirectory }: TreeSpec) =>
  fixture.trees.openConsole({ runDirectory, rows: 24, columns: 80 });
const stop = ({ runDirectory }: TreeSpec) => fixture.trees.stop({ runDirectory, signal: 9, timeoutMs: 5000 });
const saidAt = async (spec: TreeSpec, text: string) =>
  await vi.waitUntil(async () => (await fixture.consoleText(spec.runDirectory)).includes(text), 20_000);

/** Reads until it ends; `seen` with what was shown so far. */
async function read(session: ExecSession, seen: (text: string) => void = () => {}): Promise<string> {
  let text = '';
  for await (const { data } of session.output) {
    text += Buffer.from(data).toString();
    seen(text);
  }
  return text;
}

/** How many pieces there are for somebody who leaves with the first, and is slower than who writes. */
async function piecesUntilLeft(pieces: AsyncIterable<unknown>, leave: () => void): Promise<number> {
  let count = 0;
  for await (const _ of pieces) {
    count += 1;
    // Longer than it takes to write the next.
    await new Promise((resolve) => setTimeout(resolve, 50));
    leave();
    if (count === 5) break;
  }
  return count;
}

test('whoever leaves a console that is written to without end has left it at once', async () => {
  const spec = await treeThat('exec yes without end');
  const session = await open(spec);
  expect(await piecesUntilLeft(session.output, session.kill)).toBe(1);
  expect(await session.exit).toEqual({ code: 0, signal: null });
  // And whoever only looks.
  const looks = new AbortController();
  const { runDirectory } = spec;
  const shown = fixture.trees.console({ runDirectory, from: 0, follow: true, signal: looks.signal });
  expect(await piecesUntilLeft(shown, () => looks.abort())).toBe(1);
  await stop(spec);
}, 60_000);

test('a console without its keeper, or with too many others there, is lost: its tree has not ended', async () => {
  const spec = await treeThat('exec sleep 1d');
  const gone = new AbortController();
  const listeners = [];
  for (let n = 0; n < 64; n++) {
    listeners.push(await listenToKeeper(spec.runDirectory, gone.signal));
    await listeners[n]?.next();
  }
  const crowded = await open(spec);
  await read(crowded);
  expect(await crowded.exit).toEqual({ code: null, signal: null, lost: 'listeners' });
  gone.abort();

  // Control: it is taken when they have gone, as soon as its keeper has seen that.
  const isTaken = async () => {
    const session = await open(spec);
    setTimeout(() => session.kill(), 200);
    await read(session);
    return (await session.exit).code === 0;
  };
  await vi.waitUntil(isTaken, 20_000);

  const session = await open(spec);
  const reading = read(session);
  const { keeper } = (await fixture.trees.status(spec)) ?? {};
  process.kill(keeper?.pid ?? expect.fail('nobody keeps it'), 'SIGKILL');
  await reading;
  expect(await session.exit).toEqual({ code: null, signal: null, lost: 'keeper' });
  expect(await fixture.trees.status(spec)).toMatchObject({ state: 'running', keeper: null });
  await stop(spec);
}, 60_000);

test('a console that ended with its tree says how, also to whoever reads it later; one of a start before does not know', async () => {
  const spec = await treeThat('exec sleep 1d');
  const [late, later] = [await open(spec), await open(spec)];
  await stop(spec);
  await read(late);
  expect(await late.exit).toEqual({ code: null, signal: 9 });
  await fixture.trees.start(spec);
  await read(later);
  expect(await later.exit).toEqual({ code: null, signal: null });
  await stop(spec);
}, 60_000);

test('what was asked of a terminal before is not asked of the one that shows it now', async () => {
  const ask = 'printf "%s\\033[6n\\n"';
  const spec = await treeThat(`${ask} old; read word; ${ask} new; exec sleep 1d`);
  await saidAt(spec, 'old');
  const session = await open(spec);
  await session.write(Buffer.from('\r'));
  const text = await read(session, (shown) => {
    if (shown.includes('new')) session.kill();
  });
  expect(text).toMatch(/^old\r\n/);
  // Control: it was asked, and is asked now.
  expect(await fixture.consoleText(spec.runDirectory)).toContain('old\u001b[6n');
  expect(text).toContain('new\u001b[6n');
  await stop(spec);
}, 60_000);

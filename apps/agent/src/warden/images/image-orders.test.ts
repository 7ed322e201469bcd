import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bounds } from '@cellblock/shared/bounds';
import type { ImageProgress } from '@cellblock/shared/image';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FakeHost } from '../../../test/fake-host.ts';
import { otherRm, REFUSES } from '../../../test/other-rm.ts';
import { ImageOrders } from './image-orders.ts';
import { KEEP_FREE_BYTES } from './watch-space.ts';

const MINUTE_MS = 60_000;

/** Orders of a host whose disk has so many bytes more than have to stay free. */
async function ordersOf(more: number) {
  const fake = await FakeHost.open();
  const { images } = fake.host.paths;
  await mkdir(images, { recursive: true });
  const changed = () => undefined;
  const bounds = () => Bounds.parse({});
  const orders = new ImageOrders(fake.host, bounds, changed, async () => KEEP_FREE_BYTES + more);
  onTestFinished(() => fake.close());
  onTestFinished(() => {
    vi.useRealTimers();
    return orders.end();
  });
  const upload = () =>
    orders.begin({ order: { kind: 'upload', name: 'a.tar' }, by: 'tester', cause: null, bounded: true });
  const endOf = async (id: string) => {
    let end: ImageProgress | undefined;
    for await (const said of orders.follow(id, undefined)) end = said;
    return end;
  };
  return { orders, upload, endOf, images };
}

/** Time passes when the test says so; the processes of the test itself go by the real one. */
function ownTime() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

test('an upload leaves the host what has to stay free, and nothing of itself', async () => {
  const { orders, upload, endOf, images } = await ordersOf(10);
  const id = await upload();
  await orders.feed(id, Buffer.alloc(10));
  await expect(orders.feed(id, Buffer.alloc(11))).rejects.toThrow('take the upload: ENOSPC');
  expect(await endOf(id)).toMatchObject({ type: 'failed', message: expect.stringContaining('1 GiB') });
  expect(await readdir(images)).toEqual([]);
  await expect(orders.feed(id, Buffer.alloc(1))).rejects.toThrow('Nothing more is taken');
});

test('an upload that is fed slowly ends when its time is over', async () => {
  ownTime();
  const { orders, upload, endOf, images } = await ordersOf(10);
  const id = await upload();
  for (let fed = 0; fed < 30; fed += 1) {
    await orders.feed(id, Buffer.alloc(1));
    vi.advanceTimersByTime(MINUTE_MS - 1);
  }
  await orders.feed(id, Buffer.alloc(1));
  vi.advanceTimersByTime(1000);
  expect(await endOf(id)).toMatchObject({ message: expect.stringMatching(/ETIME.*30 min/) });
  expect(await readdir(images)).toEqual([]);
});

test('an upload that cannot be removed keeps no place, and every order is forgotten some time after its end', async () => {
  ownTime();
  const { orders, upload, endOf, images } = await ordersOf(10);
  const refusal = otherRm(REFUSES);
  const canceled = [await upload(), await upload()];
  await expect(upload()).rejects.toThrow('making 2 images already');
  for (const id of canceled) orders.cancel(id);
  for (const id of canceled)
    expect(await endOf(id)).toMatchObject({ message: expect.stringContaining('canceled') });
  expect(await readdir(images)).toHaveLength(2);
  refusal.restore();
  const next = await upload();
  vi.advanceTimersByTime(9 * MINUTE_MS);
  for (const id of canceled) expect(await endOf(id)).toMatchObject({ type: 'failed' });
  vi.advanceTimersByTime(2 * MINUTE_MS);
  for (const id of canceled) await expect(endOf(id)).rejects.toThrow('no such order');
  // Nobody went on with it meanwhile.
  expect(await endOf(next)).toMatchObject({ type: 'failed' });
});

test('an order that cannot begin keeps no place', async () => {
  const { upload, images } = await ordersOf(10);
  await rm(images, { recursive: true });
  await writeFile(images, '');
  for (let tries = 0; tries < 3; tries += 1) await expect(upload()).rejects.toThrow('ENOTDIR');
});

test('parts that come together are taken in order, and few of them wait', async () => {
  const { orders, upload, images } = await ordersOf(1000);
  const id = await upload();
  const fed = await Promise.allSettled(
    ['one ', 'two ', 'three ', 'four ', 'five ', 'six '].map((text) => orders.feed(id, Buffer.from(text))),
  );
  expect(fed.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
  const [work = ''] = await readdir(images);
  expect(await readFile(join(images, work, 'input/upload'), 'utf8')).toBe('one two three four five ');
});

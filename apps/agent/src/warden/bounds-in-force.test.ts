import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FakeHost } from '../../test/fake-host.ts';
import { BoundsInForce } from './bounds-in-force.ts';
import { ImageOrders } from './images/image-orders.ts';

test('a host whose bounds cannot be read takes no image from a dashboard, and one that can be takes it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bounds-'));
  const fake = await FakeHost.open();
  onTestFinished(() => rm(directory, { recursive: true }).then(() => fake.close()));
  await mkdir(fake.host.paths.images, { recursive: true });
  const file = join(directory, 'a.yaml');
  await writeFile(file, 'maxJails: many\n', { mode: 0o644 });
  const bounds = await BoundsInForce.open(directory);
  expect(bounds.known).toBe(false);
  expect(Object.entries(bounds.bounds).filter(([, allowed]) => allowed === null || allowed === true)).toEqual(
    [],
  );
  const orders = new ImageOrders(
    fake.host,
    () => bounds.bounds,
    () => undefined,
  );
  const upload = () =>
    orders.begin({ order: { kind: 'upload', name: 'a.tar' }, by: 'tester', cause: null, bounded: true });
  await expect(upload()).rejects.toThrow('take no images from upload');
  await writeFile(file, 'maxJails: 3\n');
  await bounds.read();
  await upload();
  await orders.end();
});

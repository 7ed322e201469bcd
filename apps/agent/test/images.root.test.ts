import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ImageOrder } from '@cellblock/shared/image';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderImage } from './order-image.ts';
import { Stand, WARDEN_MAIN } from './stand.ts';
import { WayOut } from './way-out.ts';

const run = promisify(execFile);

let stand: Stand;
let scratch: string;
let way: WayOut;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cellblock-images-'));
  stand = await Stand.open({
    bounds: `imageSources: [debian, upload, 'localhost:5000']\n`,
    program: { main: WARDEN_MAIN, env: { http_proxy: WayOut.url } },
  });
  way = new WayOut(scratch);
  await way.open(stand.netns);
  await stand.start();
});
afterAll(async () => {
  await way.close();
  await stand.close();
  await rm(scratch, { recursive: true, force: true });
});

test('debian', async () => {
  const heard = await orderImage(stand, { kind: 'bootstrap', distribution: 'debian:12' });
  console.log(heard.map((h) => JSON.stringify(h)).join('\n'));
}, 300_000);

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { installedBuild } from './stand/dashboard-process.ts';

const FIRST_LOAD = 250_000;
const CHUNK = 150_000;

interface Route {
  name: string;
  files: string[];
}

/** Which scripts each page of the build names before anything is pressed, from the build's own manifests. */
function routesOf(next: string): Route[] {
  const { rootMainFiles } = JSON.parse(readFileSync(path.join(next, 'build-manifest.json'), 'utf8')) as {
    rootMainFiles: string[];
  };
  const app = path.join(next, 'server/app');
  return readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('page_client-reference-manifest.js'))
    .flatMap((file) => {
      const inside = { __RSC_MANIFEST: {} as Record<string, { entryJSFiles: Record<string, string[]> }> };
      vm.runInNewContext(readFileSync(path.join(app, file), 'utf8'), { globalThis: inside });
      return Object.entries(inside.__RSC_MANIFEST).map(([name, { entryJSFiles }]) => ({
        name,
        files: [...new Set([...rootMainFiles, ...Object.values(entryJSFiles).flat()])],
      }));
    });
}

test('each page loads at most 250 kB of JavaScript at first, and no piece of one is above 150 kB', async () => {
  test.setTimeout(900_000);
  const next = path.join(await installedBuild(), 'web/apps/web/.next');
  const size = (file: string) => gzipSync(readFileSync(path.join(next, decodeURI(file)))).length;
  const routes = routesOf(next);
  // Every page of the source is among them, or the manifest was misread.
  expect(routes.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      '/(console)/overview/page',
      '/(console)/jails/page',
      '/(console)/jails/[jail]/network/page',
      '/(console)/networks/[network]/page',
      '/(console)/audit/[seq]/page',
      '/sign-in/page',
    ]),
  );
  for (const { name, files } of routes) {
    const sizes = files.map((file) => size(file));
    const whole = sizes.reduce((sum, each) => sum + each, 0);
    // React and Next alone are above 100 kB: less would mean that files were missed.
    expect.soft(whole, `${name}: first load`).toBeGreaterThan(100_000);
    expect.soft(whole, `${name}: first load`).toBeLessThanOrEqual(FIRST_LOAD);
    expect.soft(Math.max(...sizes), `${name}: its largest piece`).toBeLessThanOrEqual(CHUNK);
  }
  // What is loaded later counts too: a piece is a wait.
  for (const file of readdirSync(path.join(next, 'static/chunks'), { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js')) expect.soft(size(`static/chunks/${file}`), file).toBeLessThanOrEqual(CHUNK);
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'esbuild';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

/** What `apps/web/src/app/testing/every-state.tsx` has to show. */
interface DrawnState {
  set: string;
  state: string;
  html: string;
}
type EveryState = Record<'wordedStates' | 'markedStates' | 'statesOfOneShape', () => DrawnState[]>;

const web = path.join(import.meta.dirname, '../../apps/web');
let directory = '';
let stand: DashboardStand;
let states: EveryState;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-states-'));
  // As the browser gets them, not as the runner would compile them.
  const outfile = path.join(directory, 'every-state.mjs');
  await build({
    absWorkingDir: web,
    entryPoints: ['src/app/testing/every-state.tsx'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    tsconfig: path.join(web, 'tsconfig.json'),
    banner: {
      js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);",
    },
    logLevel: 'silent',
  });
  states = (await import(pathToFileURL(outfile).href)) as EveryState;
  stand = await makeDashboardStand();
});
test.afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await stand?.close();
});

/** Side of the square that one state is drawn in, and how many pixels one CSS pixel is. */
const SIDE = 40;
const SCALE = 2;
/** Of 255 steps of grey: below this two greys are the same to an eye that compares them across a page. */
const STEP = 70;
/** Pixels of CSS that must differ for two marks to be two. */
const ENOUGH = 6;

/** The marks of the states as grey (or coloured) pixels, one array each, drawn by the dashboard's own styles. */
async function pixelsOf(
  drawn: readonly DrawnState[],
  theme: 'light' | 'dark',
  grey: boolean,
): Promise<number[][]> {
  const context = await stand.context({ theme, cookie: null, scale: SCALE, width: SIDE * 10 });
  const page = await context.newPage();
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme });
  await page.goto('/sign-in');
  await expect(page.getByRole('heading').first()).toBeVisible();
  await page.evaluate(
    ({ htmls, side, filter }) => {
      const sheet = document.createElement('div');
      sheet.id = 'sheet';
      sheet.style.cssText = `position:fixed;inset:0;z-index:99;display:grid;grid-template-columns:repeat(10,${side}px);grid-auto-rows:${side}px;background:var(--surface-base);filter:${filter}`;
      for (const html of htmls) {
        const cell = document.createElement('div');
        cell.style.cssText = 'display:grid;place-items:center;overflow:hidden';
        cell.innerHTML = html;
        sheet.append(cell);
      }
      document.body.append(sheet);
    },
    { htmls: drawn.map(({ html }) => html), side: SIDE, filter: grey ? 'grayscale(1)' : 'none' },
  );
  const shot = await page.locator('#sheet').screenshot({ animations: 'disabled' });
  // The dashboard's own page may not load images from elsewhere.
  const reader = await context.newPage();
  const pixels = await readPixels(reader, shot, drawn.length);
  await context.close();
  return pixels;
}

function readPixels(page: Page, shot: Buffer, count: number): Promise<number[][]> {
  return page.evaluate(
    async ({ url, n, size }) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      return Array.from({ length: n }, (_, at) => {
        const data =
          context?.getImageData((at % 10) * size, Math.floor(at / 10) * size, size, size).data ?? [];
        return [...data].filter((_value, channel) => channel % 4 < 3);
      });
    },
    { url: `data:image/png;base64,${shot.toString('base64')}`, n: count, size: SIDE * SCALE },
  );
}

/** CSS pixels in which two marks differ by a step that is seen. */
function difference(one: readonly number[], other: readonly number[]): number {
  let different = 0;
  for (let at = 0; at < one.length; at += 3) {
    const steps = [0, 1, 2].map((channel) => Math.abs((one[at + channel] ?? 0) - (other[at + channel] ?? 0)));
    if (Math.max(...steps) >= STEP) different += 1;
  }
  return different / SCALE ** 2;
}

/** "outcome: failed and refused" for each two of a set that look the same. */
function alike(drawn: readonly DrawnState[], pixels: readonly number[][]): string[] {
  return drawn.flatMap((one, at) =>
    drawn.flatMap((other, to) =>
      to > at && one.set === other.set && difference(pixels[at] ?? [], pixels[to] ?? []) < ENOUGH
        ? [`${one.set}: ${one.state} and ${other.state}`]
        : [],
    ),
  );
}

for (const theme of ['light', 'dark'] as const) {
  test(`without colour any two states that a mark alone tells are two, ${theme}`, async () => {
    const drawn = states.markedStates();
    const pixels = await pixelsOf(drawn, theme, true);
    for (const [at, { set, state }] of drawn.entries()) {
      const shown = new Set(pixels[at]).size;
      expect(shown, `${set} ${state} is drawn`).toBeGreaterThan(1);
    }
    expect(alike(drawn, pixels)).toEqual([]);
  });

  test(`control: two that only their colour tells apart are noticed, ${theme}`, async () => {
    const drawn = states.statesOfOneShape();
    expect(alike(drawn, await pixelsOf(drawn, theme, false))).toEqual([]);
    expect(alike(drawn, await pixelsOf(drawn, theme, true))).toEqual(['one shape: ok and bad']);
  });
}

test('every state that stands with its word has one of its own', async () => {
  const page = await stand.page({ cookie: null });
  await page.goto('/sign-in');
  const bySet = Map.groupBy(states.wordedStates(), ({ set }) => set);
  expect([...bySet.keys()]).toEqual(['jail', 'host', 'address', 'task']);
  for (const [set, drawn] of bySet) {
    const words = await page.evaluate(
      (htmls) =>
        htmls.map((html) => {
          const place = document.createElement('div');
          place.innerHTML = html;
          document.body.append(place);
          return place.innerText.trim();
        }),
      drawn.map(({ html }) => html),
    );
    expect(
      words.filter((word) => word === ''),
      set,
    ).toEqual([]);
    expect(new Set(words).size, `${set}: ${words.join(', ')}`).toBe(words.length);
  }
});

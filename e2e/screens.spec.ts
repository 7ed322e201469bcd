import { expect, test } from '@playwright/test';
import { seriousFaults, sidewaysScroll } from './stand/accessibility.ts';
import { claim } from './stand/claim.ts';
import { type Console, openConsole } from './stand/open-console.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
let first: Console;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  const link = /https?:\/\/\S+\/setup\/claim\?token=\S+/.exec(await stand.up())?.[0] ?? '';
  first = await openConsole(stand);
  await claim(first.page, link);
  const host = (await stand.cellblock(['host', 'ls', '-o', 'name'])).stdout.trim();
  SCREENS.push(
    ...['overview', 'jails', 'network', 'checks', 'answers', 'history'].map((tab) => ({
      path: `/hosts/${host}/${tab}`,
    })),
  );
  for (const line of [
    ['network', 'create', 'prod', '--kind', 'bridge', '--subnet', '10.20.4.0/24', '--nat'],
    ['create', 'web-1'],
    ['create', 'web-2', '--memory', '128M'],
    ['ip', 'assign', 'web-1', '10.20.4.77'],
    ['ip', 'move', '10.20.4.77', 'web-2'],
    ['ip', 'release', 'web-2', '10.20.4.77'],
    [
      'pool',
      'reserve',
      (await firstPool()) ?? 'prod',
      '10.20.4.200-10.20.4.209',
      '--reason',
      'for the printers',
    ],
    ['stop', 'web-2'],
    ['xray', 'web-1'],
    ['answers', host, '--row', 'M6', '--row', 'C31', '--row', 'X2'],
    ['token', 'create', 'ci-1', '--role', 'operator', '--expires', '30d'],
    ['user', 'invite', 'jon', '--role', 'operator'],
  ]) {
    const ended = await stand.cellblock(line);
    if (ended.exitCode !== 0) throw new Error(`${line.join(' ')}: ${ended.stderr}`);
  }
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await first?.close();
  await stand?.close();
});

async function firstPool(): Promise<string | undefined> {
  const made = await stand.cellblock(['pool', 'ls', '-o', 'name']);
  return made.stdout.split('\n')[0] || undefined;
}

/** Every screen of the story; `signedOut` are seen by nobody. */
const SCREENS: { path: string; signedOut?: true }[] = [
  { path: '/overview' },
  { path: '/hosts' },
  { path: '/enroll' },
  { path: '/jails' },
  { path: '/jails/new' },
  { path: '/jails/web-1/overview' },
  { path: '/jails/web-1/network' },
  { path: '/jails/web-1/files' },
  { path: '/jails/web-1/files?path=/etc' },
  { path: '/jails/web-1/limits' },
  { path: '/jails/web-1/processes' },
  { path: '/jails/web-1/logs' },
  { path: '/jails/web-1/xray' },
  { path: '/jails/web-2/xray' },
  { path: '/jails/web-1/history' },
  { path: '/jails/web-1/config' },
  { path: '/jails?q=name:nothing-is-called-so' },
  { path: '/networks' },
  { path: '/networks/new' },
  { path: '/networks/prod' },
  { path: '/images' },
  { path: '/ip/10.20.4.77' },
  { path: '/tasks' },
  { path: '/tasks/T-2' },
  { path: '/tasks?q=by:nobody-is-called-so' },
  { path: '/notifications' },
  { path: '/notifications?tab=mine' },
  { path: '/notifications?tab=all&done=true' },
  { path: '/access/users' },
  { path: '/access/users?sel=mira' },
  { path: '/access/roles' },
  { path: '/access/tokens' },
  { path: '/audit' },
  { path: '/audit/1' },
  { path: '/setup/host' },
  { path: '/setup/jail' },
  { path: '/sign-in', signedOut: true },
];

test('control: a page that is too wide, and a text that cannot be read, are noticed', async () => {
  const view = await openConsole(stand, { width: 375 });
  await view.page.setContent(
    '<html lang="en"><title>x</title><main><h1 style="width: 900px; color: #ddd; background: #eee">hard to read</h1></main>',
  );
  expect(await sidewaysScroll(view.page)).toBeGreaterThan(0);
  expect(await seriousFaults(view.page)).toHaveLength(1);
  // In a frame like the console's, which cuts it.
  await view.page.setContent(
    '<html lang="en"><title>x</title><main style="overflow: hidden auto"><h1 style="width: 900px">wide</h1></main>',
  );
  expect(await sidewaysScroll(view.page)).toBeGreaterThan(0);
  await view.close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 375]) {
    test(`${theme} at ${width} px: no serious fault of accessibility, no sideways scroll`, async () => {
      test.setTimeout(600_000);
      for (const signedOut of [false, true]) {
        const view = await openConsole(stand, {
          theme,
          width,
          height: 800,
          ...(signedOut ? {} : { signedInAs: first }),
        });
        try {
          for (const screen of SCREENS.filter((each) => (each.signedOut === true) === signedOut)) {
            await test.step(screen.path, () => examine(view, screen.path, `${theme}-${width}`));
          }
        } finally {
          await view.close();
        }
      }
    });
  }
}

test('a run of the answers is shown row by row while it goes on, and is canceled there', async () => {
  const { page } = first;
  const host = (await stand.cellblock(['host', 'ls', '-o', 'name'])).stdout.trim();
  await page.goto(`/hosts/${host}/answers`);
  await expect(page.locator('#M6').getByText('Pass', { exact: true })).toBeVisible();
  await expect(page.locator('#M9').getByText('Not asked')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.locator('#X3').getByText('Waiting')).toBeVisible();
  // Nothing is reloaded: what is answered appears by itself, with what the jail and its control came to.
  await expect(page.locator('#M9').getByText('Pass', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('#M9').getByText(/came out at its own root/)).toBeVisible();
  await expect(page.locator('#M9').getByText(/out of a plain chroot/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('This run was cut short.')).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('#X3').getByText('Not asked')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

async function examine(view: Console, path: string, variant: string): Promise<void> {
  const { page } = view;
  const errors: string[] = [];
  const note = (error: Error) => errors.push(error.message);
  page.on('pageerror', note);
  await page.goto(path);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await page.waitForLoadState('load');
  // Skeletons are gone when nothing is busy any more.
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  const name = `${path.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}-${variant}`;
  await page.screenshot({ path: `test-results/screens/${name}.png` });
  const sideways = await sidewaysScroll(page);
  expect.soft(sideways, `${path}: scrolls sideways by ${sideways} px`).toBeLessThanOrEqual(0);
  expect.soft(await seriousFaults(page), path).toEqual([]);
  expect.soft(errors, path).toEqual([]);
  page.off('pageerror', note);
}

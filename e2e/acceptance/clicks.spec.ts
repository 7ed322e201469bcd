import { expect, type Page, test } from '@playwright/test';
import { countClicks } from './stand/count-clicks.ts';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: DashboardStand;
let page: Page;
let clicks: () => Promise<number>;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1');
  const context = await stand.context();
  clicks = await countClicks(context);
  page = await context.newPage();
});
test.afterAll(() => stand?.close());

test('from an enrolled host to the first running jail with an address: at most five clicks, two minutes', async () => {
  await page.goto('/overview');
  const begun = Date.now();
  await page
    .getByRole('link', { name: /^Jails( \d+)?$/ })
    .first()
    .click();
  await page
    .getByRole('link', { name: /new jail/i })
    .first()
    .click();
  await page.getByLabel('Name').fill('web1');
  await page.getByRole('button', { name: 'Create web1' }).click();
  await expect(page.getByText('Wanted = seen')).toBeVisible();
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  expect(await clicks()).toBeLessThanOrEqual(5);
  expect(Date.now() - begun).toBeLessThan(120_000);
  const { addresses } = await stand.api.jails.get.query({ jail: 'web1' });
  expect(addresses).toEqual([expect.objectContaining({ state: 'assigned' })]);
});

test('an address for a jail that exists: at most three clicks from the jail, with the pointer alone', async () => {
  await page.goto('/jails/web1/network');
  await expect(page.getByRole('button', { name: 'Assign address' })).toBeVisible();
  await clicks();
  await page.getByRole('button', { name: 'Assign address' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Assign \d/ })
    .click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Assigned' })).toHaveCount(2);
  expect(await clicks()).toBeLessThanOrEqual(3);
});

test('a certain address from the grid: at most two clicks, with the pointer alone', async () => {
  const [network] = await stand.api.networks.list.query();
  await page.goto(`/networks/${network?.name}`);
  const cell = page.getByRole('button', { name: /\.77, free/ });
  await expect(cell).toBeVisible();
  await clicks();
  await cell.click();
  await page.getByRole('button', { name: /^Assign .*\.77 to web1$/ }).click();
  await expect(page.getByRole('button', { name: /\.77, assigned to web1/ })).toBeVisible();
  expect(await clicks()).toBeLessThanOrEqual(2);
});

import { expect, type Page, test } from '@playwright/test';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: DashboardStand;
let page: Page;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1', 'networks');
  const { object } = (await stand.api.jails.create.mutate({
    name: 'model',
    network: null,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  })) as { object: { id: string } };
  // A thousand rows as the product writes them: copies of one that it wrote.
  await stand.sql(
    `INSERT INTO jail SELECT (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(),
       'key', translate(substr(md5(n::text), 1, 8), '0189', 'abcd'), 'name', 'jail-' || n))).*
     FROM jail j, generate_series(1, 999) n WHERE j.id = $1`,
    [object.id],
  );
  page = await stand.page({ width: 1440, height: 760 });
});
test.afterAll(() => stand?.close());

/** Rows of the list that can be seen whole, with nothing of them under the edge of the page. */
const rowsInSight = () =>
  page.evaluate(() => {
    const area = document.querySelector('main')?.getBoundingClientRect();
    return [...document.querySelectorAll('tbody tr')].filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return area && top >= area.top && bottom <= area.bottom;
    }).length;
  });

test('at 1440 × 760 at least 16 jails are in sight, at least 19 in compact rows', async () => {
  await page.goto('/jails');
  await expect(page.getByRole('row').nth(30)).toBeAttached();
  expect(await rowsInSight()).toBeGreaterThanOrEqual(16);
  await page.getByRole('button', { name: 'View: columns and density' }).click();
  await page.getByRole('menuitemradio', { name: 'Compact' }).click();
  await expect(page).toHaveURL(/density=compact/);
  await page.keyboard.press('Escape');
  await expect.poll(rowsInSight).toBeGreaterThanOrEqual(19);
  await page.goto('/jails?density=comfortable');
  await expect(page.getByRole('row').nth(30)).toBeAttached();
  expect(await rowsInSight()).toBeLessThan(16);
});

test('a thousand jails: the list pages, filters and peeks without a wait that anybody notices', async () => {
  await page.goto('/jails');
  await expect(page.getByText('1 to 200 of 1,000')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('201 to 400 of 1,000')).toBeVisible();
  await expect(page).toHaveURL(/page=2/);
  expect(await page.locator('tbody tr').count()).toBe(200);

  // 300 ms of it is the pause after typing. The best of three: other suites may have the machine for a moment.
  const waited: number[] = [];
  for (const [q, count] of [
    ['name:jail-99*', '11 of 1,000'],
    ['name:jail-98*', '11 of 1,000'],
    ['name:jail-97*', '11 of 1,000'],
  ] as const) {
    await page.getByLabel('Filter jails').fill(q);
    const begun = Date.now();
    await expect(page.locator('tbody tr').first()).toContainText(q.slice(5).replace('*', ''));
    await expect(page.getByText(`${count} on 1 host`)).toBeVisible();
    waited.push(Date.now() - begun);
  }
  expect(Math.min(...waited)).toBeLessThan(2_000);
  await expect(page).not.toHaveURL(/page=/);

  // What the browser does for one key is what a person feels: the median of walking twenty rows.
  await page.goto('/jails');
  await expect(page.getByText('1 to 200 of 1,000')).toBeVisible();
  await page.keyboard.press('j');
  const waits = await page.evaluate(async () => {
    const found: number[] = [];
    for (let i = 0; i < 20; i++) {
      const before = performance.now();
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true }),
      );
      found.push(performance.now() - before);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return found.sort((a, b) => a - b);
  });
  expect(waits[10]).toBeLessThan(100);
});

test('rows that change place under somebody stay, and say so', async () => {
  await page.goto('/jails?sort=-created');
  await expect(page.getByText('1 to 200 of 1,000')).toBeVisible();
  await page.keyboard.press('j');
  const first = await page.locator('tbody tr').first().innerText();
  const place = await page.locator('tbody tr').first().boundingBox();
  await stand.api.jails.create.mutate({
    name: 'newest',
    network: null,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
  await expect(page.getByText(/rows? changed place/)).toBeVisible();
  expect(await page.locator('tbody tr').first().innerText()).toBe(first);
  expect(await page.locator('tbody tr').first().boundingBox()).toEqual(place);
  await page.keyboard.press('r');
  await expect(page.locator('tbody tr').first()).toContainText('newest');
});

test('columns are chosen, and one that the width hides is marked', async () => {
  await page.goto('/jails');
  await page.getByRole('button', { name: 'View: columns and density' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Memory limit' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'IPv6' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Memory limit' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'IPv6' })).toHaveCount(0);
  await page.setViewportSize({ width: 800, height: 760 });
  await expect(page.getByRole('columnheader', { name: 'Memory limit' })).toBeHidden();
  await page.getByRole('button', { name: 'View: columns and density' }).click();
  await expect(
    page.getByRole('menuitemcheckbox', { name: /Memory limit.*hidden at this width/ }),
  ).toBeVisible();
});

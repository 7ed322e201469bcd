import { expect, type Page, test } from '@playwright/test';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

let stand: DashboardStand;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
});
test.afterAll(() => stand?.close());

/** From the last word of the host to the screen. */
const UNKNOWN_AFTER_MS = 15_000;
/** Words that only a host's receipt may bring about. */
const CLAIMS = /\b(Running|Assigned|Applied|is running|is assigned|reports it done)\b/;

/** A jail with an address on the host, made in the browser; the page is that of the jail. */
async function makeJail(host: string, name: string): Promise<Page> {
  const page = await stand.page();
  await page.goto(`/jails/new?host=${host}`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: `Create ${name}` }).click();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  return page;
}

/** What stands in the page's main part and in its toasts; not the names of filters or tabs. */
const told = (page: Page) => page.locator('body').innerText();

async function nothingIsClaimed(page: Page, name: string, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    for (const path of [`/jails/${name}/overview`, `/jails?q=name:${name}`, `/audit?q=object:${name}`]) {
      await page.goto(path);
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      expect(await told(page), path).not.toMatch(CLAIMS);
    }
  }
}

test('control: of a host that does what it says, all of it is told', async () => {
  await stand.host('obedient');
  const page = await makeJail('obedient', 'fine');
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('Assigned', { exact: true }).first()).toBeVisible();
  expect(await told(page)).toMatch(CLAIMS);
  await page.context().close();
});

test('a host that takes a change and does nothing: wanted, and never more', async () => {
  await stand.host('idle', 'stalls');
  const page = await makeJail('idle', 'waits');
  await expect(page.getByText('Wanted', { exact: true }).first()).toBeVisible();
  await nothingIsClaimed(page, 'waits', 6_000);
  await page.context().close();
});

test('a host that says all is true, and reports none of it: wanted, and never more', async () => {
  await stand.host('liar', 'claims');
  const page = await makeJail('liar', 'claimed');
  await nothingIsClaimed(page, 'claimed', 6_000);
  await page.context().close();
});

test('a host whose receipts nobody signed is not believed, and is unknown within 15 s', async () => {
  const agent = await stand.host('forger');
  agent.behaviour = 'forges';
  const page = await makeJail('forger', 'forged');
  const begun = Date.now();
  await page.goto('/hosts/forger/overview');
  await expect(page.getByText('Unknown', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  expect(Date.now() - begun).toBeLessThan(UNKNOWN_AFTER_MS + 2_000);
  await page.goto('/jails/forged/overview');
  await expect(page.getByText('forger is silent.')).toBeVisible();
  await nothingIsClaimed(page, 'forged', 1_000);
  expect(await told(page)).not.toMatch(CLAIMS);
  await page.context().close();
});

for (const [how, end] of [
  ['dies', 'hangUp'],
  ['hangs with its connection open', 'hang'],
] as const) {
  test(`a host that ${how} in the middle of a task: unknown within 15 s, everywhere`, async () => {
    const name = `${how.split(' ')[0]}-host`;
    const agent = await stand.host(name);
    const jail = `on-${name}`;
    const page = await makeJail(name, jail);
    await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
    const list = await stand.page();
    await list.goto(`/jails?q=name:${jail}`);
    await expect(list.getByText('Running', { exact: true })).toBeVisible();
    // It has taken the change, and dies before it has done it.
    agent.behaviour = 'stalls';
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Stop/ });
    await dialog.getByRole('button', { name: `Stop ${jail}` }).click();
    await expect(dialog).toBeHidden();
    await agent[end]();
    const died = Date.now();
    await expect(page.getByText('Unknown', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
    await expect(list.getByText('Unknown', { exact: true })).toBeVisible({ timeout: 30_000 });
    expect(Date.now() - died).toBeLessThanOrEqual(UNKNOWN_AFTER_MS);
    for (const each of [page, list]) expect(await told(each)).not.toMatch(/\b(Running|Stopped|is stopped)\b/);
    await expect(page.getByText(/is silent/).first()).toBeVisible();
    await page.context().close();
    await list.context().close();
  });
}

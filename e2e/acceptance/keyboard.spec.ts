import { expect, type Locator, type Page, test } from '@playwright/test';
import { countClicks } from './stand/count-clicks.ts';
import { type DashboardStand, makeDashboardStand, until } from './stand/dashboard-stand.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

let stand: DashboardStand;
let page: Page;
let clicks: () => Promise<number>;
let network = '';
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1');
  const context = await stand.context({ height: 900 });
  clicks = await countClicks(context);
  page = await context.newPage();
});
test.afterAll(() => stand?.close());
// No pointer was there, by mistake of a test neither.
test.afterEach(async () => expect(await clicks()).toBe(0));

/** That the eye can find the focus: an outline, or a box that draws one for what it holds. */
async function focusIsVisible(): Promise<void> {
  const found = await page.evaluate(() => {
    const drawn = (element: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    };
    const at = document.activeElement;
    if (!at || at === document.body) return { ok: true, what: 'the page' };
    for (let each: Element | null = at, up = 0; each && up < 4; each = each.parentElement, up++)
      if (drawn(each)) return { ok: true, what: '' };
    // What one is led into by opening it (a dialog, a menu and its item) is marked by its own surface.
    const led = at.matches('[role=dialog], [role=menu], [data-highlighted], [cmdk-input], main');
    return { ok: led, what: at.outerHTML.slice(0, 160) };
  });
  expect(found.ok, `the focus cannot be seen on ${found.what}`).toBe(true);
}

/** Walks with Tab until it is there; the focus can be seen at each stop. */
async function tabTo(target: Locator, most = 90): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < most; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    await focusIsVisible();
  }
  throw new Error(`Tab does not lead to ${target}`);
}

const press = async (target: Locator, key = 'Enter') => {
  await tabTo(target);
  await page.keyboard.press(key);
};
const isFocused = (target: Locator) => expect(target).toBeFocused();
const dialogOf = (name: RegExp) => page.getByRole('dialog', { name });

test('a jail is created', async () => {
  await page.goto('/jails');
  await expect(page.getByText('No jails yet.')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/\/jails\/new/);
  await isFocused(page.getByLabel('Name'));
  await page.keyboard.type('web-1');
  await expect(page.getByText('Make a bridge with NAT for it')).toBeVisible();
  await press(page.getByRole('button', { name: 'Create web-1' }));
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  network = (await stand.api.networks.list.query())[0]?.name ?? '';
  await stand.api.jails.create.mutate({
    name: 'web-2',
    network,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
});

test('an address is assigned, and the focus comes back', async () => {
  await page.goto('/jails/web-1/network');
  const button = page.getByRole('button', { name: 'Assign address' });
  await press(button);
  await isFocused(page.getByRole('textbox', { name: 'Address' }));
  await page.keyboard.press('Escape');
  await isFocused(button);
  await page.keyboard.press('Enter');
  const dialog = dialogOf(/^Assign/);
  await expect(dialog.getByRole('button', { name: /^Assign \d/ })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await isFocused(button);
  await expect(page.getByRole('listitem').filter({ hasText: 'Assigned' })).toHaveCount(2);
});

test('it is moved to another jail', async () => {
  await page.goto('/jails/web-1/network');
  const button = page.getByRole('button', { name: /^Move / }).nth(1);
  await press(button);
  const dialog = dialogOf(/^Move/);
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await isFocused(button);
  await page.keyboard.press('Enter');
  await isFocused(dialog.getByRole('combobox', { name: 'To jail' }));
  await page.keyboard.type('web-2');
  await expect(page.getByRole('option', { name: /web-2/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const submit = dialog.getByRole('button', { name: /^Move .* to web-2/ });
  await expect(submit).toBeEnabled();
  await press(submit);
  await expect(dialog).toBeHidden();
  await until(async () => (await stand.api.jails.get.query({ jail: 'web-2' })).addresses.length === 2);
});

test('it is released', async () => {
  await page.goto('/jails/web-2/network');
  const button = page.getByRole('button', { name: /^Release / }).nth(1);
  await press(button);
  const dialog = dialogOf(/^Release/);
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await isFocused(button);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await press(dialog.getByRole('button', { name: /^Release \d/ }));
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem').filter({ hasText: 'Assigned' })).toHaveCount(1);
});

test('a certain address is assigned from the grid', async () => {
  await page.goto(`/networks/${network}`);
  const cell = page.getByRole('button', { name: /\.77, free/ });
  await expect(cell).toBeVisible();
  await tabTo(page.locator('[role=group] button[tabindex="0"]'));
  await page.keyboard.type('77');
  await isFocused(cell);
  await page.keyboard.press('Enter');
  await isFocused(page.getByLabel('Assign to jail'));
  await page.keyboard.type('web-2');
  await expect(page.getByText('Enter assigns it to web-2.')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /\.77, assigned to web-2/ })).toBeVisible();
  await press(page.getByRole('complementary', { name: 'Detail' }).getByRole('button', { name: 'Close' }));
  await isFocused(page.getByRole('button', { name: /\.77, assigned/ }));
});

test('a jail is stopped and started from the list, without leaving it', async () => {
  await page.goto('/jails');
  await expect(page.getByRole('row', { name: /web-1/ })).toBeVisible();
  await page.keyboard.press('j');
  await isFocused(page.getByRole('row', { name: /web-1/ }));
  await focusIsVisible();
  await page.keyboard.press(' ');
  const panel = page.getByRole('complementary', { name: 'Detail' });
  await expect(panel).toContainText('web-1');
  await page.keyboard.press('j');
  await expect(panel).toContainText('web-2');
  await page.keyboard.press('k');
  await expect(panel).toContainText('web-1');
  const stop = panel.getByRole('button', { name: 'Stop', exact: true });
  await press(stop);
  const dialog = dialogOf(/^Stop/);
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await isFocused(stop);
  await page.keyboard.press('Enter');
  await isFocused(dialog.getByRole('button', { name: 'Stop web-1' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /web-1.*Stopped/ })).toBeVisible();
  await press(panel.getByRole('button', { name: 'Start', exact: true }));
  await expect(page.getByRole('row', { name: /web-1.*Running/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await isFocused(page.getByRole('row', { name: /web-1/ }));
});

test('a jail is destroyed through the menu', async () => {
  await page.goto('/jails/web-2/overview');
  const more = page.getByRole('button', { name: 'More' });
  await press(more);
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await isFocused(more);
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const dialog = dialogOf(/^Destroy/);
  await isFocused(dialog.getByRole('textbox'));
  await page.keyboard.type('web-2');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await until(async () => (await stand.api.jails.get.query({ jail: 'web-2' })).state === 'destroyed');
});

test('an image is made, looked at and removed', async () => {
  await page.goto('/networks');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page).toHaveURL(/\/images/);
  const row = page.getByRole('row', { name: /debian:12/ });
  await expect(row).toBeVisible();
  await page.keyboard.press('n');
  const making = dialogOf(/^New image/);
  await isFocused(making.getByRole('textbox', { name: 'Distribution' }));
  await expect(making.getByRole('button', { name: 'Bootstrap it' })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(making).toBeHidden();
  await expect(page.getByText('debian:12 is made')).toBeVisible();
  await press(row);
  const remove = page
    .getByRole('complementary', { name: 'Detail' })
    .getByRole('button', { name: 'Remove…', exact: true });
  await press(remove);
  const dialog = dialogOf(/^Remove/);
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await isFocused(remove);
  await page.keyboard.press('Enter');
  await isFocused(dialog.getByRole('button', { name: 'Remove debian:12' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('No images yet.')).toBeVisible();
});

test('a host is approved', async () => {
  await stand.waitingHost('h9');
  await page.goto('/hosts');
  await expect(page.getByRole('row', { name: /h9/ })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/hosts\/h9/);
  await press(page.getByRole('button', { name: /matches|Approve/ }).first());
  await until(async () => (await stand.api.hosts.get.query({ host: 'h9' })).state === 'ready');
});

test('an event is read, its neighbours too', async () => {
  await page.goto('/audit');
  await expect(page.getByRole('row').nth(3)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/audit\/\d+/);
  await expect(page.getByRole('complementary', { name: 'Detail' })).toBeVisible();
  await page.goto('/overview');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('web-1');
  const option = page.getByRole('option', { name: /^web-1/ }).first();
  await expect(option).toBeVisible();
  for (let i = 0; i < 20 && (await option.getAttribute('aria-selected')) !== 'true'; i++)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/jails\/web-1/);
});

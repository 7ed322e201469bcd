import { expect, type Page, test } from '@playwright/test';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

let stand: DashboardStand;
let network = '';
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1');
  for (const name of ['web-1', 'web-2', 'db-1']) {
    const suggestion = await stand.api.networks.suggest.query({ host: 'h1' });
    await stand.api.jails.create.mutate({
      name,
      network: network || suggestion.name,
      ...(network ? {} : { makeNetwork: suggestion }),
      settings: { root: { kind: 'host-usr', ephemeral: false } },
    });
    network ||= suggestion.name;
  }
  await stand.api.jails.stop.mutate({ jail: 'web-2' });
});
test.afterAll(() => stand?.close());

interface Case {
  name: string;
  path: () => string;
  /** by hand, as a person would */
  act: (page: Page) => Promise<void>;
  /** what the URL must hold afterwards */
  url: RegExp[];
  /** what the screen shows of it */
  shows: (page: Page) => Promise<unknown>;
}

const rowNames = (page: Page) => page.locator('tbody tr td:first-child').allInnerTexts();
const press = (key: string) => (page: Page) => page.keyboard.press(key);

const cases: Case[] = [
  {
    name: 'filter',
    path: () => '/jails',
    act: async (page) => {
      await page.getByLabel('Filter jails').fill('state:running name:web-*');
      await page.keyboard.press('Enter');
      await expect(page.locator('tbody tr')).toHaveCount(1);
    },
    url: [/q=state:running|q=state%3Arunning/],
    shows: async (page) => [await page.getByLabel('Filter jails').inputValue(), await rowNames(page)],
  },
  {
    name: 'sort',
    path: () => '/jails',
    act: async (page) => {
      await page.getByRole('button', { name: 'Name' }).click();
      await expect(page.locator('tbody tr').first()).toContainText('web-2');
    },
    url: [/sort=-name/],
    shows: async (page) => [
      await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'),
      await rowNames(page),
    ],
  },
  {
    name: 'columns and density',
    path: () => '/jails',
    act: async (page) => {
      await page.getByRole('button', { name: 'View: columns and density' }).click();
      await page.getByRole('menuitemradio', { name: 'Compact' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Created' }).click();
      await page.keyboard.press('Escape');
    },
    url: [/density=compact/, /cols=[^&]*created/],
    shows: async (page) => [
      await page.locator('thead th').allInnerTexts(),
      await page
        .locator('tbody tr')
        .first()
        .evaluate((row) => row.getBoundingClientRect().height),
    ],
  },
  {
    name: 'peek',
    path: () => '/jails',
    act: async (page) => {
      await press('j')(page);
      await press('j')(page);
      await press(' ')(page);
      await expect(page.getByRole('complementary', { name: 'Detail' })).toContainText('web-1');
    },
    url: [/peek=web-1/],
    shows: (page) =>
      page
        .getByRole('complementary', { name: 'Detail' })
        .getByRole('heading')
        .first()
        .innerText()
        .then((text) => text.split('\n')[0]),
  },
  {
    name: 'tab of a jail',
    path: () => '/jails/web-1/overview',
    act: async (page) => {
      await page.getByRole('link', { name: 'Config' }).click();
      await expect(page).toHaveURL(/config/);
    },
    url: [/\/jails\/web-1\/config/],
    shows: (page) => page.locator('nav a[aria-current=page]').allInnerTexts(),
  },
  {
    name: 'selected address and view of a pool',
    path: () => `/networks/${network}`,
    act: async (page) => {
      await page.getByRole('button', { name: /\.77, free/ }).click();
      await page.getByText('List', { exact: true }).click();
      await expect(page).toHaveURL(/view=list/);
    },
    url: [/sel=[\d.]+77/, /view=list/],
    shows: async (page) => [
      (
        await page.getByRole('complementary', { name: 'Detail' }).getByRole('heading').first().innerText()
      ).split('\n')[0],
      await page.getByRole('radio', { name: 'List' }).isChecked(),
    ],
  },
  {
    name: 'moment of an address',
    path: () => `/ip/${addressOf['web-1']}`,
    act: async (page) => {
      await page.getByLabel(/Day and time/).fill('2026-01-02 03:04:00');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/at=/);
    },
    url: [/at=2026-01-02T03(:|%3A)04/],
    shows: (page) => page.getByLabel(/Day and time/).inputValue(),
  },
  {
    name: 'filter, range and event of the audit',
    path: () => '/audit',
    act: async (page) => {
      await page.getByLabel('Filter events').fill('kind:jail.create');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /Last 24 hours/ }).click();
      await page.getByRole('menuitemradio', { name: 'Last 7 days' }).click();
      await page.keyboard.press('Escape');
      await expect(page.locator('tbody tr').first()).toContainText('create');
      await page.locator('tbody tr').last().click();
      await expect(page).toHaveURL(/\/audit\/\d+\?/);
    },
    url: [/q=kind(:|%3A)jail.create/, /from=now-7d/],
    shows: async (page) => [
      await page.getByLabel('Filter events').inputValue(),
      await page.getByRole('button', { name: /Last 7 days/ }).count(),
      await page.locator('tbody tr[aria-selected=true]').innerText(),
    ],
  },
  {
    name: 'zone of all times',
    path: () => '/jails/web-1/overview',
    act: async (page) => {
      await expect(page.getByText(/\d\d:\d\d:\d\d UTC/).first()).toBeVisible();
      await press('t')(page);
      await expect(page.getByText(/UTC[+−]\d\d:\d\d/).first()).toBeVisible();
    },
    url: [/tz=Asia(\/|%2F)Tokyo/],
    shows: (page) =>
      page
        .locator('dd time')
        .first()
        .innerText()
        .then((text) => text.replace(/ \(.*/, '')),
  },
];

const addressOf: Record<string, string> = {};

async function readAddress(): Promise<void> {
  const { addresses } = await stand.api.jails.get.query({ jail: 'web-1' });
  addressOf['web-1'] = addresses[0]?.address ?? '';
}

for (const each of cases) {
  test(`a reload, and the URL in another browser, show the same: ${each.name}`, async () => {
    await readAddress();
    const page = await stand.page({ timeZone: 'Asia/Tokyo' });
    await page.goto(each.path());
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await each.act(page);
    for (const part of each.url) await expect(page).toHaveURL(part);
    const shown = await each.shows(page);
    const url = page.url();
    await page.reload();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expect.poll(() => each.shows(page)).toEqual(shown);
    // A browser of another person, in another part of the world, with nothing of ours stored.
    const other = await stand.page({ timeZone: 'America/New_York' });
    await other.goto(url);
    await expect(other.locator('[aria-busy=true]')).toHaveCount(0);
    await expect.poll(() => each.shows(other)).toEqual(shown);
    await page.context().close();
    await other.context().close();
  });
}

test('the chosen zone goes along to every page, and holds for every time on it', async () => {
  await readAddress();
  const context = await stand.context({ timeZone: 'Asia/Tokyo' });
  const page = await context.newPage();
  await page.goto('/overview');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/tz=Asia/);
  await page
    .getByRole('link', { name: /^Hosts/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/hosts\?.*tz=Asia/);
  const [event] = (await stand.api.audit.search.query({ q: 'kind:ip.assign' })).events;
  for (const path of [
    '/overview',
    '/hosts',
    '/hosts/h1/overview',
    '/hosts/h1/checks',
    '/hosts/h1/answers',
    '/hosts/h1/history',
    '/jails?cols=created',
    '/jails/web-1/overview',
    '/jails/web-1/network',
    '/jails/web-1/history',
    `/networks/${network}?sel=${addressOf['web-1']}`,
    `/ip/${addressOf['web-1']}?at=2026-01-02T03:04:00.000Z`,
    '/tasks',
    '/audit',
    `/audit/${event?.seq ?? 1}`,
  ]) {
    await page.goto(path);
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expect(page, path).toHaveURL(/tz=Asia/);
    // A time that is still told in UTC, in whatever words, would stand here.
    const told = await page.locator('body').innerText();
    expect.soft(told.match(/\d\d:\d\d(:\d\d)?(\.\d+)? ?(UTC(?![+−])|Z\b)/g) ?? [], path).toEqual([]);
    for (const text of await page.locator('time').allInnerTexts())
      expect.soft(text, path).not.toMatch(/UTC(?![+−])/);
    const values = await page
      .locator('input')
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    if (path.includes('at=2026')) expect.soft(values, path).toContain('2026-01-02 12:04:00');
  }
  // Back to UTC: the control, since all of the above would hold for a page without times.
  await page.goto('/jails/web-1/overview');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(page.getByText(/UTC\+09:00/).first()).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByText(/UTC\+09:00/)).toHaveCount(0);
  await expect(page).not.toHaveURL(/tz=/);
  await context.close();
});

test('a link, and a key, that follow the choice of a zone in the same moment carry it', async () => {
  const context = await stand.context({ timeZone: 'Asia/Tokyo' });
  const page = await context.newPage();
  const press = (key: string) =>
    `dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }));`;
  const link = `document.querySelector('nav a[href^="/hosts"]').click();`;
  for (const [name, follow] of [
    ['link', link],
    ['key', press('g') + press('h')],
  ] as const) {
    await page.goto('/overview');
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    // Nothing is drawn between the two: the link still leads where it led before.
    await page.evaluate(press('t') + follow);
    await expect(page, name).toHaveURL(/\/hosts\?.*tz=Asia/);
    await expect(page.getByText(/UTC\+09:00|Asia\/Tokyo/).first(), name).toBeVisible();
    // And back to UTC, as fast.
    await page.evaluate(press('t') + follow.replace('/hosts', '/jails').replace("'h'", "'j'"));
    await expect(page, name).toHaveURL(/\/jails$/);
    await expect(page.getByText('Asia/Tokyo'), name).toHaveCount(0);
  }
  await context.close();
});

test('what a list writes into its URL does not end the way to the page that is asked for next', async () => {
  const page = await stand.page();
  await page.goto('/jails?peek=db-1');
  await expect(page.getByRole('complementary', { name: 'Detail' })).toContainText('db-1');
  await page.locator('tbody tr').first().focus();
  // Nothing is drawn between the two: the row that is reached is written when its page is already on its way.
  await page.evaluate(`for (const key of ['j', 'Enter'])
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));`);
  await expect(page).toHaveURL(/\/jails\/web-1/);

  await page.goto('/jails');
  await expect(page.locator('tbody tr')).toHaveCount(3);
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  // The rows stay while the pointer goes down and up.
  await page.route('**/api/trpc/**jails.list**', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel('Filter jails').fill('name:web-*');
  await page.locator('tbody tr').first().click();
  await expect(page).toHaveURL(/\/jails\/db-1/);
  answer();

  // Beside a detail the list stays, and with it what its field says.
  await page.goto('/audit');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await page.route('**/api/trpc/**audit.search**', () => {});
  const filter = page.getByLabel('Filter events');
  await filter.fill('object:web-1');
  await page.locator('tbody tr').first().click();
  await expect(page).toHaveURL(/\/audit\/\d+\?.*q=object:web-1/);
  await expect(filter).toHaveValue('object:web-1');
  await page.context().close();
});

import { expect, type Page, test } from '@playwright/test';
import { examineState, seriousFaults } from './stand/accessibility.ts';
import { type DashboardStand, makeDashboardStand, until } from './stand/dashboard-stand.ts';

let stand: DashboardStand;
let viewer = '';
let network = '';
let address = '';
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
});
test.afterAll(() => stand?.close());
test.describe.configure({ mode: 'serial', timeout: 240_000 });

const settled = (page: Page) => expect(page.locator('[aria-busy=true]')).toHaveCount(0);

async function see(page: Page, path: string, state: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await settled(page);
  await examineState(page, `${path} (${state})`);
}

test('empty, before there is a host', async () => {
  const page = await stand.page();
  for (const path of [
    '/overview',
    '/hosts',
    '/jails',
    '/jails/new',
    '/networks',
    '/networks/new',
    '/tasks',
    '/audit?q=kind:nothing.at-all',
    '/access/users',
    '/access/tokens',
    '/setup/host',
    '/no-such-page',
  ])
    await see(page, path, 'empty');
  await page.context().close();
});

test('with something in it, and with a filter that nothing matches', async () => {
  await stand.host('h1');
  network = (await stand.api.networks.suggest.query({ host: 'h1' })).name;
  const makeNetwork = await stand.api.networks.suggest.query({ host: 'h1' });
  const root = { kind: 'host-usr' as const, ephemeral: false };
  await stand.api.jails.create.mutate({ name: 'web-1', network, makeNetwork, settings: { root } });
  await stand.api.jails.create.mutate({ name: 'web-2', network, settings: { root } });
  await until(async () => (await stand.api.jails.get.query({ jail: 'web-2' })).state === 'running');
  address = (await stand.api.jails.get.query({ jail: 'web-1' })).addresses[0]?.address ?? '';
  await stand.waitingHost('h3');
  viewer = await stand.person('vera', 'viewer');
  const page = await stand.page();
  for (const path of [
    '/overview',
    '/hosts',
    '/hosts/h1/overview',
    '/hosts/h1/network',
    '/hosts/h3/overview',
    '/jails',
    '/jails?density=compact&peek=web-1',
    '/jails/web-1/overview',
    '/jails/web-1/network',
    '/jails/web-1/config',
    `/networks/${network}?sel=${address}`,
    `/networks/${network}?view=list`,
    `/ip/${address}`,
    '/tasks',
    '/audit',
    '/audit/2',
    '/access/users',
  ])
    await see(page, path, 'filled');
  for (const path of ['/jails?q=name:nothing', '/audit?q=object:nothing'])
    await see(page, path, 'filtered empty');
  await see(page, '/jails?q=colour:blue', 'filter that is not understood');
  await page.context().close();
});

test('without the permission to act', async () => {
  const page = await stand.page({ cookie: viewer });
  for (const path of [
    '/jails/web-1/network',
    `/networks/${network}`,
    '/hosts/h3/overview',
    '/jails/new',
    '/access/users',
  ])
    await see(page, path, 'no permission');
  // What may not be done is there, and says why.
  await page.goto('/jails/web-1/network');
  await expect(page.getByRole('button', { name: 'Assign address' })).toHaveAttribute(
    'aria-description',
    /Needs role/,
  );
  await page.context().close();
});

test('while it loads, and when it fails', async () => {
  const screens = [
    '/overview',
    '/hosts',
    '/jails',
    '/jails/web-1/overview',
    '/networks',
    `/ip/${address}`,
    '/audit',
    '/tasks',
  ];
  const page = await stand.page();
  const waiting: (() => void)[] = [];
  await page.route(/\/api\/trpc\/(?!session|fleet\.changes)/, async (route) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await route.abort().catch(() => undefined);
  });
  for (const path of screens) {
    await page.goto(path);
    await expect(page.locator('main [aria-busy=true] .bg-surface-hover').first()).toBeVisible();
    await examineState(page, `${path} (loading)`);
  }
  for (const go of waiting) go();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.route(/\/api\/trpc\/(?!session|fleet\.changes)/, (route) => route.abort());
  for (const path of screens) {
    await page.goto(path);
    await expect(page.getByText('The dashboard did not answer.').first()).toBeVisible({ timeout: 30_000 });
    await examineState(page, `${path} (error)`);
  }
  await page.context().close();
});

const dialogs: [name: string, path: () => string, open: (page: Page) => Promise<void>][] = [
  [
    'assign',
    () => '/jails/web-1/network',
    (page) => page.getByRole('button', { name: 'Assign address' }).click(),
  ],
  [
    'move',
    () => '/jails/web-1/network',
    (page) =>
      page
        .getByRole('button', { name: /^Move / })
        .first()
        .click(),
  ],
  [
    'release',
    () => '/jails/web-1/network',
    (page) =>
      page
        .getByRole('button', { name: /^Release / })
        .first()
        .click(),
  ],
  [
    'stop',
    () => '/jails/web-1/overview',
    (page) => page.getByRole('button', { name: 'Stop', exact: true }).click(),
  ],
  [
    'destroy',
    () => '/jails/web-1/overview',
    async (page) => {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Destroy…' }).click();
    },
  ],
  [
    'reserve',
    () => `/networks/${network}`,
    (page) => page.getByRole('button', { name: 'Reserve range…' }).click(),
  ],
  [
    'new pool',
    () => `/networks/${network}`,
    async (page) => {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'New pool…' }).click();
    },
  ],
  [
    'enrol',
    () => '/hosts',
    (page) =>
      page
        .getByRole('button', { name: /Enroll|Enrol|Add/ })
        .first()
        .click(),
  ],
  ['find', () => '/overview', (page) => page.keyboard.press('Control+k')],
];

test('with a dialog open, and with what the server says in it', async () => {
  const page = await stand.page();
  for (const [name, path, open] of dialogs) {
    await page.goto(path());
    await settled(page);
    await open(page);
    await expect(page.getByRole('dialog').first()).toBeVisible();
    await settled(page);
    await examineState(page, `dialog ${name}`);
  }
  await page.goto('/jails/web-2/network');
  await page.getByRole('button', { name: 'Assign address' }).click();
  await page.getByRole('dialog').getByLabel('Address').fill(address);
  await expect(page.getByRole('alert').filter({ hasText: 'is assigned to web-1' })).toBeVisible();
  await examineState(page, 'dialog assign, refused');
  await page.context().close();
});

test('with a menu open', async () => {
  const page = await stand.page();
  for (const [path, button] of [
    ['/jails', 'View: columns and density'],
    ['/jails/web-1/overview', 'More'],
    ['/audit', 'Export…'],
  ] as const) {
    await page.goto(path);
    await settled(page);
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect.soft(await seriousFaults(page), `${path}, menu ${button}`).toEqual([]);
  }
  await page.context().close();
});

test('with its host silent', async () => {
  const agent = await stand.host('h2');
  await stand.api.jails.create.mutate({
    name: 'away',
    host: 'h2',
    network: null,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
  await until(async () => (await stand.api.jails.get.query({ jail: 'away' })).state === 'running');
  await agent.hangUp();
  await until(async () => (await stand.api.jails.get.query({ jail: 'away' })).state === 'unknown');
  const page = await stand.page();
  for (const path of [
    '/overview',
    '/hosts',
    '/hosts/h2/overview',
    '/jails',
    '/jails/away/overview',
    '/jails/away/logs',
  ])
    await see(page, path, 'silent');
  await page.context().close();
});

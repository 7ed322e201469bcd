import { expect, type Page, test } from '@playwright/test';
import { examineState, seriousFaults } from '../stand/accessibility.ts';
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
test.describe.configure({ mode: 'serial', timeout: 600_000 });

const settled = (page: Page) => expect(page.locator('[aria-busy=true]'), page.url()).toHaveCount(0);

async function see(page: Page, path: string, state: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await settled(page);
  await examineState(page, `${path} (${state})`);
}

test('control: in an open dialog a text that cannot be read, a field without a name and a small target are noticed', async () => {
  const page = await stand.page();
  await page.goto('/access/tokens');
  await settled(page);
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  expect(await seriousFaults(page)).toEqual([]);
  await dialog.evaluate((element) => {
    element.insertAdjacentHTML(
      'beforeend',
      '<p style="color:#777;background:#888">hard to read</p><input><div><button style="width:9px;height:9px;padding:0">.</button><button style="width:9px;height:9px;padding:0">.</button></div>',
    );
  });
  const rules = (await seriousFaults(page)).map((fault) => fault.split(':')[0]);
  expect(rules).toEqual(expect.arrayContaining(['color-contrast', 'label', 'target-size']));
  await page.context().close();
});

test('empty, before there is a host', async () => {
  const page = await stand.page();
  for (const path of [
    '/overview',
    '/hosts',
    '/jails',
    '/jails/new',
    '/networks',
    '/networks/new',
    '/images',
    '/tasks',
    '/audit?q=kind:nothing.at-all',
    '/notifications',
    '/enroll',
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
  // `screens.spec.ts` has the screens as they are with real jails: here are the views that are chosen on them.
  for (const path of [
    '/hosts/h3/overview',
    '/jails?density=compact&peek=web-1',
    `/networks/${network}?sel=${address}`,
    `/networks/${network}?view=list`,
    `/ip/${address}?at=2026-01-02T03:04:00.000Z`,
    '/images',
    '/images?sel=h1/abababababab',
  ])
    await see(page, path, 'filled');
  await see(page, '/audit?q=object:nothing', 'filtered empty');
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
    '/images?sel=h1/abababababab',
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

/** A call for what a page shows; several go in one request, so that only those about the session alone are left. */
const asksForData = ({ pathname }: URL) =>
  pathname.startsWith('/api/trpc/') &&
  !pathname
    .slice('/api/trpc/'.length)
    .split(',')
    .every((name) => name.startsWith('session.') || name === 'fleet.changes');

test('while it loads, and when it fails', async () => {
  const screens = [
    '/overview',
    '/jails',
    '/jails/web-1/overview',
    `/ip/${address}`,
    '/audit',
    '/tasks',
    '/images',
  ];
  const page = await stand.page();
  const waiting: (() => void)[] = [];
  await page.route(asksForData, async (route) => {
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
  await page.route(asksForData, (route) => route.abort());
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
  ['token', () => '/access/tokens', (page) => page.keyboard.press('n')],
  ['invite', () => '/access/users', (page) => page.keyboard.press('n')],
  [
    'end sessions',
    () => '/access/users?sel=vera',
    (page) => page.getByRole('button', { name: 'Sign out everywhere…' }).click(),
  ],
  [
    'role',
    () => '/access/users?sel=vera',
    (page) => page.getByRole('button', { name: 'Change role…' }).click(),
  ],
  [
    'remove person',
    () => '/access/users?sel=vera',
    (page) => page.getByRole('button', { name: 'Remove…' }).click(),
  ],
  [
    'revoke token',
    () => '/access/tokens',
    (page) => page.getByRole('button', { name: 'Revoke ci-1' }).click(),
  ],
  ['new image', () => '/images', (page) => page.keyboard.press('n')],
  [
    'remove image',
    () => '/images?sel=h1/abababababab',
    (page) => page.getByRole('button', { name: 'Remove…' }).click(),
  ],
  ['keys', () => '/overview', (page) => page.keyboard.press('?')],
  ['find', () => '/overview', (page) => page.keyboard.press('Control+k')],
];

test('with a dialog open, and with what the server says in it', async () => {
  test.setTimeout(900_000);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  await stand.api.tokens.create.mutate({ name: 'ci-1', role: 'operator', expiresAt });
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
  for (const [path, button, name, title] of [
    ['/access/tokens', 'Make token', 'ci-2', 'Token ci-2'],
    ['/access/users', 'Invite jon as operator', 'jon', 'Invite for jon'],
  ] as const) {
    await page.goto(path);
    await settled(page);
    await page.keyboard.press('n');
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByRole('dialog', { name: title })).toBeVisible();
    await examineState(page, `${title}, shown once`);
  }
  await page.goto('/enroll');
  await page.getByRole('button', { name: 'Make the line' }).click();
  await expect(page.getByText(/minutes left/)).toBeVisible();
  await examineState(page, '/enroll with a line');
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
    '/jails/away/limits',
    '/images',
    '/jails/away/processes',
    '/jails/away/logs',
    '/notifications',
    '/notifications?tab=all',
  ])
    await see(page, path, 'silent');

  // What is asked of it waits, and can be canceled.
  const stopped = await stand.api.jails.stop.mutate({ jail: 'away' });
  const waiting = taskOf(stopped);
  for (const path of ['/tasks', `/tasks/${waiting}`, '/jails/away/overview'])
    await see(page, path, 'waits for its host');
  await page.goto(`/tasks/${waiting}`);
  await settled(page);
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await examineState(page, 'dialog cancel task');
  await page.context().close();
});

test('with something that failed', async () => {
  const agent = await stand.host('h4', 'stalls');
  const made = await stand.api.jails.create.mutate({
    name: 'broken',
    host: 'h4',
    network: null,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
  const task = taskOf(made);
  await until(async () => agent.objects.size > 0);
  agent.fail({
    step: 'storage.prepare',
    code: 'ENOSPC',
    message: 'no space is left on the file system of /var/lib/cellblock',
    fix: 'Make room there; the host tries again by itself.',
  });
  await until(async () => (await stand.api.tasks.get.query({ task })).state === 'failed');
  const page = await stand.page();
  await page.goto(`/tasks/${task}`);
  await expect(page.getByText('no space is left').first()).toBeVisible();
  for (const path of [
    '/overview',
    '/tasks',
    `/tasks/${task}`,
    '/jails/broken/overview',
    '/hosts/h4/overview',
    '/notifications',
    '/notifications?tab=mine',
    '/audit?q=object:broken',
  ])
    await see(page, path, 'failed');
  await page.context().close();
});

function taskOf(change: { task: { id: string } | null } | { plan: unknown }): string {
  if (!('task' in change) || !change.task) throw new Error('the change made no task');
  return change.task.id;
}

import { expect, type Page, test } from '@playwright/test';
import { sidewaysScroll } from '../stand/accessibility.ts';
import { type DashboardStand, makeDashboardStand, until } from './stand/dashboard-stand.ts';

let stand: DashboardStand;
let page: Page;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1');
  const makeNetwork = await stand.api.networks.suggest.query({ host: 'h1' });
  await stand.api.jails.create.mutate({
    name: 'web-1',
    network: makeNetwork.name,
    makeNetwork,
    settings: { root: { kind: 'host-usr', ephemeral: false } },
  });
  await until(async () => (await stand.api.jails.get.query({ jail: 'web-1' })).state === 'running');
  page = await stand.page({ width: 375, height: 760, touch: true });
});
test.afterAll(() => stand?.close());
test.afterEach(async () => expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0));

test('on a telephone a host is approved', async () => {
  await stand.waitingHost('h9');
  await page.goto('/hosts');
  await page.getByRole('link', { name: 'h9' }).tap();
  await page
    .getByRole('button', { name: /matches|Approve/ })
    .first()
    .tap();
  const dialog = page.getByRole('dialog');
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: /Approve|matches/ }).tap();
  await until(async () => (await stand.api.hosts.get.query({ host: 'h9' })).state === 'ready');
  await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible();
});

test('a jail is stopped and started', async () => {
  await page.goto('/jails');
  await page.getByRole('link', { name: 'web-1' }).tap();
  await page.getByRole('button', { name: 'Stop', exact: true }).tap();
  await page.getByRole('dialog', { name: /^Stop/ }).getByRole('button', { name: 'Stop web-1' }).tap();
  await expect(page.getByText('Stopped', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).tap();
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
});

test('what a change would do arrives late, and its button stays under the finger', async () => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/trpc/ips.assign*', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/jails/web-1/network');
  await page.getByRole('button', { name: 'Assign address' }).tap();
  const dialog = page.getByRole('dialog', { name: /^Assign/ });
  const assign = dialog.getByRole('button', { name: /^Assign \d/ });
  await assign.tap({ trial: true });
  await expect(dialog.getByText('Working out what the host would do.')).toBeVisible();
  const before = await assign.boundingBox();
  answer();
  await expect(dialog.getByRole('region', { name: 'Plan' }).getByRole('listitem').first()).toBeVisible();
  expect(await assign.boundingBox()).toEqual(before);
  await page.unroute('**/api/trpc/ips.assign*');
  await dialog.getByRole('button', { name: 'Cancel' }).tap();
});

test('what a host takes images from arrives late, and the button stays under the finger', async () => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/trpc/**hosts.get**', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/images?do=new');
  const dialog = page.getByRole('dialog', { name: 'New image' });
  const make = dialog.getByRole('button', { name: 'Bootstrap it' });
  const asked = dialog.getByText('The bounds of the host are being looked up.');
  await expect(asked).toBeVisible();
  await make.tap({ trial: true });
  const before = await make.boundingBox();
  answer();
  await expect(asked).toHaveCount(0);
  expect(await make.boundingBox()).toEqual(before);
  await page.unroute('**/api/trpc/**hosts.get**');
  await dialog.getByRole('button', { name: 'Cancel' }).tap();
});

test('an address is assigned', async () => {
  await page.goto('/jails/web-1/network');
  await page.getByRole('button', { name: 'Assign address' }).tap();
  await page
    .getByRole('dialog', { name: /^Assign/ })
    .getByRole('button', { name: /^Assign \d/ })
    .tap();
  await expect(page.getByRole('listitem').filter({ hasText: 'Assigned' })).toHaveCount(2);
});

test('the audit is read, down to what the host reports', async () => {
  await page.goto('/audit?q=kind:ip.assign');
  await page.locator('tbody tr').first().tap();
  await expect(page).toHaveURL(/\/audit\/\d+/);
  await expect(page.getByText('What the host reports')).toBeVisible();
});

test('the sections are reached', async () => {
  await page.goto('/overview');
  await page.getByRole('button', { name: /menu/i }).first().tap();
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /^Networks/ })
    .tap();
  await expect(page).toHaveURL(/\/networks/);
});

test('a restore is called off', async () => {
  await stand.api.jails.destroy.mutate({ jail: 'web-1' });
  await page.goto('/jails/web-1');
  await page.getByRole('button', { name: 'Restore', exact: true }).tap();
  const dialog = page.getByRole('dialog', { name: /^Restore/ });
  await dialog.getByRole('button', { name: 'Cancel' }).tap();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Restore', exact: true }).tap();
  await expect(dialog).toBeVisible();
});

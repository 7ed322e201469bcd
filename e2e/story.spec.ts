import type { AuditEventView } from '@cellblock/shared/audit-event';
import { expect, type Page, test } from '@playwright/test';
import { claim, signIn } from './stand/claim.ts';
import { answerFrom, gapOf, serveNonce, watchFromJail } from './stand/nonce.ts';
import { type Console, openConsole } from './stand/open-console.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
let console_: Console;
let page: Page;
let link: string;
const nonces: Record<string, string> = {};
/** address of each act, filled as the story goes */
let first = '';
let second = '';

test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  const printed = await stand.up();
  link = /https?:\/\/\S+\/setup\/claim\?token=\S+/.exec(printed)?.[0] ?? '';
  console_ = await openConsole(stand);
  page = console_.page;
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await console_?.close();
  await stand?.close();
});

type Seen = { seen: { pid: number; addresses: string[] } };
const pidOf = async (jail: string) => (await stand.json<Seen>('show', jail)).seen.pid;

/** The row of an address on a jail's network tab. */
const rowOf = (address: string) => page.getByRole('listitem').filter({ hasText: `${address}/` });

test('the installation is claimed by its one-time link, and by nobody after', async () => {
  expect(link).toContain(stand.url);
  const secret = await claim(page, link);
  const another = await openConsole(stand);
  await another.page.goto(link);
  await expect(another.page.getByText('has its administrator already')).toBeVisible();
  // The password alone lets nobody in; with the code it is the same person.
  await signIn(another.page, secret);
  await another.close();
});

test('from the enrolled host to the first running jail with an address: five clicks, two minutes', async () => {
  await page.goto('/overview');
  await console_.clicks();
  const begun = Date.now();
  await page
    .getByRole('link', { name: /^Jails( \d+)?$/ })
    .first()
    .click();
  await page
    .getByRole('link', { name: /new jail|create/i })
    .first()
    .click();
  await page.getByLabel('Name').fill('web1');
  await expect(page.getByText('Make a bridge with NAT for it')).toBeVisible();
  await page.getByRole('button', { name: 'Create web1' }).click();
  await expect(page.getByRole('heading', { name: 'web1' })).toBeVisible();
  await expect(page.getByText('Wanted = seen')).toBeVisible();
  await expect(page.getByText('running', { exact: true }).first()).toBeVisible();
  expect(await console_.clicks()).toBeLessThanOrEqual(5);
  expect(Date.now() - begun).toBeLessThan(120_000);

  [first = ''] = (await stand.json<Seen>('show', 'web1')).seen.addresses;
  await expect(page.getByRole('link', { name: first }).first()).toBeVisible();
  nonces.web1 = await serveNonce(stand, 'web1');
  expect(await answerFrom(stand.segment.site, first)).toBe(nonces.web1);
});

test('a second and a third jail, on the network that is there now', async () => {
  for (const name of ['web2', 'third']) {
    await page.goto('/jails/new');
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: `Create ${name}` }).click();
    await expect(page.getByRole('heading', { name })).toBeVisible();
    await expect(page.getByText('Wanted = seen')).toBeVisible();
    nonces[name] = await serveNonce(stand, name);
  }
});

test('a second address is assigned while it runs: at most three clicks, wanted, then seen', async () => {
  const before = await pidOf('web1');
  await page.goto('/jails/web1/network');
  await expect(rowOf(first)).toBeVisible();
  await console_.clicks();
  await page.getByRole('button', { name: 'Assign address' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Assign \d/ }).click();
  await expect(dialog).toBeHidden();
  expect(await console_.clicks()).toBeLessThanOrEqual(3);
  await expect(page.getByRole('listitem').filter({ hasText: 'assigned' })).toHaveCount(2);
  second = (await stand.json<Seen>('show', 'web1')).seen.addresses.find((each) => each !== first) ?? '';
  expect(await answerFrom(stand.segment.site, second)).toBe(nonces.web1);
  expect(await pidOf('web1')).toBe(before);
});

test('the second address is moved to another jail; a third sees it within 100 ms', async () => {
  const before = [await pidOf('web1'), await pidOf('web2')];
  await page.goto('/jails/web1/network');
  await rowOf(second)
    .getByRole('button', { name: `Move ${second}` })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'To jail' }).fill('web2');
  await page.getByRole('option', { name: /web2/ }).click();
  await expect(dialog.getByRole('button', { name: /^Move/ })).toBeEnabled();
  const watching = await watchFromJail(stand, 'third', second);
  await dialog.getByRole('button', { name: /^Move/ }).click();
  await expect(dialog).toBeHidden();
  const gap = gapOf(await watching.heard, nonces.web1 ?? '', nonces.web2 ?? '');
  expect(gap, `nobody answered for ${gap} ms`).toBeLessThanOrEqual(100);
  await expect(rowOf(second)).toHaveCount(0);
  await page.goto('/jails/web2/network');
  await expect(rowOf(second)).toContainText('Assigned');
  expect([await pidOf('web1'), await pidOf('web2')]).toEqual(before);
});

test('it is released, and nobody answers on it', async () => {
  const before = await pidOf('web2');
  await page.goto('/jails/web2/network');
  await rowOf(second)
    .getByRole('button', { name: `Release ${second}` })
    .click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Release ${second}` })
    .click();
  // What lies behind an open dialog has no role: only then is the row's absence a fact.
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(rowOf(second)).toHaveCount(0);
  expect(await answerFrom(stand.segment.site, second, 1)).toBeNull();
  expect(await pidOf('web2')).toBe(before);
});

test('an address that is held is refused while typing, with its holder and a fix', async () => {
  await page.goto('/jails/web2/network');
  await page.getByRole('button', { name: 'Assign address' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill(first);
  await expect(dialog.getByText('web1').first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Assign/ })).toBeDisabled();
  await page.keyboard.press('Escape');
});

test('the address page says who held it when', async () => {
  await page.goto(`/ip/${second}`);
  const holders = page.getByRole('table', { name: 'Who held this address' });
  await expect(holders).toContainText('web1');
  await expect(holders).toContainText('web2');
  const history = await stand.json<{ jail: { name: string }; seenFrom: string; seenGone: string }[]>(
    'ip',
    'history',
    second,
  );
  const ofWeb1 = history.find((each) => each.jail.name === 'web1');
  const middle = new Date((Date.parse(ofWeb1?.seenFrom ?? '') + Date.parse(ofWeb1?.seenGone ?? '')) / 2);
  await page.goto(`/ip/${second}?at=${middle.toISOString()}`);
  await expect(page.getByText(/web1 held/)).toBeVisible();
});

test('every act is in the audit page with person, before, after and what the host reports', async () => {
  for (const kind of ['jail.create', 'ip.assign', 'ip.move', 'ip.release']) {
    const { events } = await stand.json<{ events: AuditEventView[] }>('audit', 'search', `kind:${kind}`);
    const intent = events.find((event) => event.phase === 'intent');
    await page.goto(`/audit?q=kind:${kind}`);
    await expect(page.getByText('mira').first(), kind).toBeVisible();
    await page.goto(`/audit/${intent?.seq}`);
    for (const part of ['mira', '− Before', '+ After', 'What the host reports', /Signed by/, /applied/i]) {
      await expect(page.getByText(part).first(), `${kind}: ${part}`).toBeVisible();
    }
  }
});

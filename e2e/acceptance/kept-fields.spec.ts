import { expect, type Locator, type Page, test } from '@playwright/test';
import { type DashboardStand, makeDashboardStand, PASSWORD, until } from './stand/dashboard-stand.ts';

test.describe.configure({ timeout: 180_000 });

let stand: DashboardStand;
let inviteOfKim = '';
const root = { kind: 'host-usr' as const, ephemeral: false };
const runs = (jail: string) =>
  until(async () => (await stand.api.jails.get.query({ jail })).state === 'running');
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  await stand.host('h1');
  await stand.api.networks.create.mutate({ name: 'lan', host: 'h1', subnets: ['10.20.4.0/24'] });
  // All of this one may still be given.
  await stand.api.networks.create.mutate({ name: 'wide', host: 'h1', subnets: ['10.99.0.0/24'] });
  await stand.api.pools.remove.mutate({ pool: 'wide' });
  for (const name of ['web-1', 'web-2', 'db-1']) {
    await stand.api.jails.create.mutate({ name, network: 'lan', settings: { root } });
    await runs(name);
  }
  await stand.person('vera', 'viewer');
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  await stand.api.tokens.create.mutate({ name: 'ci-1', role: 'operator', expiresAt });
  inviteOfKim = (await stand.api.users.invite.mutate({ name: 'kim', role: 'viewer' })).link;
});
test.afterAll(() => stand?.close());

interface Form {
  name: string;
  path: () => string;
  /** as nobody who is signed in */
  signedOut?: true;
  open?: (page: Page) => Promise<void>;
  /** what is typed, by the label of its field; `select` is chosen */
  fill: Record<string, string>;
  select?: Record<string, string>;
  submit: string | RegExp;
  /** the procedure, or the path of the sign-in library */
  call: string;
  /** it asks the server while it is filled in: what is wrong keeps it from being sent */
  early?: true;
  /** what another person does in the moment before the server reads the form; without it, its own value is wrong */
  meanwhile?: () => Promise<unknown>;
  /** where the server's no must stand; nothing: in the form, where all of it is meant */
  at?: string;
  says: RegExp;
}

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const key = (of: string) => (page: Page) => page.keyboard.press(of);

const forms: Form[] = [
  {
    name: 'new token',
    path: () => '/access/tokens',
    open: key('n'),
    fill: { Name: 'ci-1' },
    select: { Role: 'auditor', 'Ends after': '365' },
    submit: 'Make token ci-1',
    call: 'tokens.create',
    at: 'Name',
    says: /ci-1.*(exists|taken|is there)|A token ci-1/i,
  },
  {
    name: 'invite',
    path: () => '/access/users',
    open: key('n'),
    fill: { Name: 'vera' },
    select: { Role: 'auditor' },
    submit: 'Invite vera as auditor',
    call: 'users.invite',
    at: 'Name',
    says: /vera/,
  },
  {
    name: 'change of a role',
    path: () => '/access/users?sel=vera',
    open: press('Change role…'),
    fill: {},
    select: { Role: 'admin' },
    submit: 'Make vera admin',
    call: 'users.role',
    meanwhile: () => stand.api.users.remove.mutate({ name: 'vera' }),
    says: /vera/,
  },
  {
    name: 'revocation of a token',
    path: () => '/access/tokens',
    open: press('Revoke ci-1'),
    fill: { 'Type ci-1 to go on': 'ci-1' },
    submit: 'Revoke ci-1',
    call: 'tokens.remove',
    meanwhile: () => stand.api.tokens.remove.mutate({ name: 'ci-1' }),
    says: /ci-1/,
  },
  {
    name: 'line of enrolment',
    path: () => '/enroll',
    fill: { 'Name of the host (optional)': 'h1' },
    submit: 'Make the line',
    call: 'hosts.enroll',
    at: 'Name of the host (optional)',
    says: /h1/,
  },
  {
    name: 'assignment of an address',
    path: () => '/jails/web-1/network',
    open: press('Assign address'),
    fill: { Address: '10.20.4.50' },
    submit: 'Assign 10.20.4.50',
    call: 'ips.assign',
    meanwhile: () => stand.api.ips.assign.mutate({ jail: 'db-1', address: '10.20.4.50' }),
    says: /10\.20\.4\.50 is assigned to db-1/,
  },
  {
    name: 'new pool',
    path: () => '/networks/wide',
    open: async (page) => {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'New pool…' }).click();
    },
    fill: { Name: 'lan', 'First address': '10.99.0.10', 'Last address': '10.99.0.20' },
    submit: 'Make pool lan',
    call: 'pools.create',
    at: 'Name',
    says: /lan/,
  },
  {
    name: 'reservation',
    path: () => '/networks/lan',
    open: press('Reserve range…'),
    fill: {
      'First address': '10.20.4.1',
      'Last address (optional)': '10.20.5.9',
      Reason: 'printers on the second floor',
      'Until (optional)': '2031-01-01',
    },
    submit: 'Reserve 10.20.4.1 to 10.20.5.9',
    call: 'pools.reserve',
    at: 'First address',
    says: /10\.20\.5\.9|10\.20\.4\.1/,
  },
  {
    name: 'new network',
    path: () => '/networks/new',
    fill: { Name: 'lan', Subnet: '10.88.0.0/24', 'IPv6 subnet (optional)': 'fd00:88::/64' },
    submit: 'Create lan',
    call: 'networks.create',
    early: true,
    at: 'Name',
    says: /A network lan exists\..*A name is one network\..*Choose another name/,
  },
  {
    name: 'new image',
    path: () => '/images',
    open: key('n'),
    fill: { Distribution: 'debian 12' },
    submit: 'Bootstrap it',
    call: 'images.bootstrap',
    at: 'Distribution',
    says: /debian:RELEASE/,
  },
  {
    name: 'new jail',
    path: () => '/jails/new',
    open: (page) => page.getByText('Limits, start and storage').click(),
    fill: {
      Name: 'web-3',
      'Address (optional)': '10.20.4.60',
      'Command (optional)': '/usr/bin/sleep 100',
      'Memory (optional)': '128M',
      'CPUs (optional)': '0.5',
      'Processes (optional)': '50',
    },
    submit: 'Create web-3',
    call: 'jails.create',
    meanwhile: () => stand.api.jails.create.mutate({ name: 'web-3', network: 'lan', settings: { root } }),
    at: 'Name',
    says: /web-3/,
  },
  {
    name: 'settings of a jail',
    path: () => '/jails/web-2/config',
    open: press('Add a mount'),
    fill: { Memory: '200M', CPUs: '0.25', Processes: '77', 'Mount 1': '/scratch:64M' },
    select: { Kind: 'tmpfs' },
    submit: 'Apply to web-2',
    call: 'jails.configure',
    meanwhile: () => stand.api.jails.destroy.mutate({ jail: 'web-2' }),
    says: /web-2/,
  },
  {
    name: 'permission to see',
    path: () => '/jails/web-1/processes',
    open: press('Let see…'),
    fill: {},
    select: { 'Which way': 'seen', 'The other jail': 'db-1', 'Ends after': '86400' },
    submit: 'Let db-1 see web-1',
    call: 'grants.see',
    meanwhile: () => stand.api.grants.see.mutate({ viewer: 'db-1', target: 'web-1', seconds: 60 }),
    at: 'Which way',
    says: /db-1 may see web-1 until.*End it first/,
  },
  {
    name: 'password of an invite',
    path: () => new URL(inviteOfKim).pathname + new URL(inviteOfKim).search,
    signedOut: true,
    fill: { Password: 'short' },
    submit: 'Accept invite',
    call: 'invites.accept',
    at: 'Password',
    says: /12/,
  },
  {
    name: 'sign-in',
    path: () => '/sign-in',
    signedOut: true,
    fill: { Name: 'mira', Password: `${PASSWORD}, but another` },
    submit: 'Sign in',
    call: 'sign-in/username',
    says: /Invalid|not|wrong/i,
  },
];

/** The text that assistive technology reads with the field. */
async function noteOf(field: Locator): Promise<string> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  const id = await field.getAttribute('aria-describedby');
  return await field.page().locator(`[id="${id}"]`).innerText();
}

for (const form of forms) {
  test(`${form.name}: refused, and while the dashboard is away, all that was typed stays`, async () => {
    const page = await stand.page(form.signedOut ? { cookie: null } : {});
    const field = (label: string) => page.getByLabel(label, { exact: true }).last();
    await page.goto(form.path());
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await form.open?.(page);
    for (const [label, value] of Object.entries(form.fill)) await field(label).fill(value);
    for (const [label, value] of Object.entries(form.select ?? {})) await field(label).selectOption(value);
    const holds = async () => {
      for (const [label, value] of Object.entries({ ...form.fill, ...form.select }))
        await expect(field(label), label).toHaveValue(value);
    };
    const submit = page.getByRole('button', { name: form.submit, exact: true }).last();
    const path = new RegExp(form.call.includes('/') ? form.call : `/api/trpc/[^?]*${form.call}`);

    if (form.early) {
      // The button says why.
      await expect(submit).toHaveAttribute('aria-disabled', 'true');
    } else {
      await page.route(path, (route) =>
        forReal(route.request().postData()) ? route.abort() : route.continue(),
      );
      await expect(submit).not.toHaveAttribute('aria-disabled', 'true');
      await submit.click();
      const away = page.getByRole('alert').filter({ hasText: 'The dashboard did not answer.' });
      await expect(away.first()).toBeVisible();
      await expect(away.first()).toContainText(/Check the connection, then try again/);
      await holds();
      await page.unroute(path);

      // Another person is quicker: the server itself says no, to a form that was right when it was filled in.
      let refusals = 0;
      await page.route(path, async (route) => {
        if (!forReal(route.request().postData())) return await route.continue();
        if (refusals++ === 0) await form.meanwhile?.();
        await route.continue();
      });
      await submit.click();
      await expect.poll(() => refusals).toBeGreaterThan(0);
    }
    if (form.at) {
      await expect.poll(() => noteOf(field(form.at ?? '')), { timeout: 20_000 }).toMatch(form.says);
    } else {
      await expect(page.getByRole('alert').filter({ hasText: form.says }).first()).toBeVisible();
    }
    await holds();
    await page.context().close();
  });
}

test('a button is the same one while the reason that it cannot be pressed comes and goes', async () => {
  const page = await stand.page();
  await page.goto('/access/tokens');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await page.keyboard.press('n');
  const submit = page.getByRole('dialog').locator('button[type=submit]');
  const drawn = await submit.elementHandle();
  for (const [name, reason] of [
    ['', 'Give a name first'],
    ['ci-2', null],
    ['', 'Give a name first'],
  ] as const) {
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    if (reason) await expect(submit).toHaveAttribute('aria-description', reason);
    else await expect(submit).not.toHaveAttribute('aria-disabled', 'true');
    expect(await drawn?.evaluate((element) => element.isConnected)).toBe(true);
  }
  await page.context().close();
});

/** Whether a request changes something: the plan of a form may be asked for in the same one. */
function forReal(body: string | null): boolean {
  if (body === null) return false;
  const sent = JSON.parse(body) as Record<string, { json?: { dryRun?: boolean } } | string>;
  const calls = 'json' in sent ? [sent as { json?: { dryRun?: boolean } }] : Object.values(sent);
  return calls.some((call) => typeof call === 'string' || call.json?.dryRun !== true);
}

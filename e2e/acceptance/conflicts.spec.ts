import { ConflictKind } from '@cellblock/shared/ip-assignment';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { AgentUnderTest } from '../../apps/web/src/server/testing/agent-under-test.ts';
import { type DashboardStand, makeDashboardStand, until } from './stand/dashboard-stand.ts';

/** From the last key to cause and fix on the screen. */
const SHOWN_WITHIN_MS = 300;

let stand: DashboardStand;
let agent: AgentUnderTest;
let page: Page;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  agent = await stand.host('h1');
  await stand.api.networks.create.mutate({ name: 'prod', host: 'h1', subnets: ['10.20.4.0/24'] });
  await stand.api.pools.remove.mutate({ pool: 'prod' });
  await stand.api.pools.create.mutate({
    name: 'main',
    network: 'prod',
    first: '10.20.4.10',
    last: '10.20.4.199',
  });
  for (const name of ['holder', 'taker']) {
    await stand.api.jails.create.mutate({
      name,
      network: 'prod',
      settings: { root: { kind: 'host-usr', ephemeral: false } },
    });
  }
  await stand.api.ips.assign.mutate({ jail: 'holder', address: '10.20.4.50' });
  await stand.api.ips.assign.mutate({ jail: 'holder', address: '10.20.4.60' });
  await stand.api.pools.reserve.mutate({
    pool: 'main',
    first: '10.20.4.70',
    last: '10.20.4.79',
    reason: 'printers',
  });
  await until(async () => (await stand.api.ips.show.query({ address: '10.20.4.60' })).state === 'assigned');
  await stand.api.ips.release.mutate({ jail: 'holder', address: '10.20.4.60' });
  await until(async () => (await stand.api.ips.show.query({ address: '10.20.4.60' })).state === 'cooling');
  // A machine that is no jail has this one.
  agent.moreAddresses = [{ link: 'eno1', prefix: '10.20.4.90/24' }];
  agent.report();
  await until(
    async () => (await stand.api.ips.check.query({ address: '10.20.4.90', network: 'prod' })) !== null,
  );
  page = await stand.page();
});
test.afterAll(() => stand?.close());

interface Case {
  kind: ConflictKind;
  typed: string;
  /** the sentence with the object in the way */
  says: RegExp;
  /** a command in the fix, which must run as it stands */
  command?: RegExp;
  /** what is so once the command has run; nothing: the address can be had */
  afterwards?: RegExp;
}

const cases: Case[] = [
  {
    kind: 'assigned',
    typed: '10.20.4.50',
    says: /is assigned to holder since/,
    command: /cellblock ip move 10\.20\.4\.50 taker/,
    afterwards: /is assigned to taker/,
  },
  {
    kind: 'reserved',
    typed: '10.20.4.75',
    says: /is reserved: printers/,
    command: /cellblock pool unreserve main 10\.20\.4\.70-10\.20\.4\.79/,
  },
  { kind: 'cooling', typed: '10.20.4.60', says: /is cooling until .* after holder had it/ },
  {
    kind: 'outside-pool',
    typed: '10.20.4.222',
    says: /lies in no pool of network prod/,
    command: /cellblock pool create \S+ --network prod --range 10\.20\.4\.222-10\.20\.4\.222/,
  },
  {
    kind: 'duplicate-on-wire',
    typed: '10.20.4.90',
    says: /is in use on eno1 of host h1/,
    command: /cellblock pool reserve main 10\.20\.4\.90 --reason ".*"/,
    afterwards: /is reserved: in use on eno1 of h1/,
  },
  {
    kind: 'network-or-broadcast',
    typed: '10.20.4.255',
    says: /is the broadcast address of 10\.20\.4\.0\/24/,
  },
  { kind: 'gateway', typed: '10.20.4.1', says: /is the gateway of network prod/ },
  { kind: 'family-mismatch', typed: 'fd00::7', says: /is IPv6, and network prod has 10\.20\.4\.0\/24 only/ },
];

/** Types, and answers the milliseconds from the last key until `shown` is on the screen. */
async function typeAndWait(field: Locator, text: string, shown: RegExp): Promise<number> {
  await field.fill('');
  await field.pressSequentially(text.slice(0, -1), { delay: 5 });
  await page.evaluate((source) => {
    const look = globalThis as unknown as { shownAt?: number; typedAt?: number };
    look.shownAt = undefined;
    addEventListener(
      'keydown',
      () => {
        look.typedAt = performance.now();
      },
      { capture: true },
    );
    const pattern = new RegExp(source);
    const check = () => {
      const alert = [...document.querySelectorAll('[role=alert]')].some((one) =>
        pattern.test(one.textContent ?? ''),
      );
      if (alert) look.shownAt = performance.now();
      else requestAnimationFrame(check);
    };
    check();
  }, shown.source);
  await field.press(text.at(-1) ?? '');
  await expect(page.getByRole('alert').filter({ hasText: shown })).toBeVisible();
  return await page.evaluate(() => {
    const look = globalThis as unknown as { shownAt?: number; typedAt?: number };
    return (look.shownAt ?? Number.POSITIVE_INFINITY) - (look.typedAt ?? 0);
  });
}

async function openDialog(): Promise<Locator> {
  await page.goto('/jails/taker/network');
  await page.getByRole('button', { name: 'Assign address' }).click();
  const dialog = page.getByRole('dialog', { name: /^Assign an address/ });
  await expect(dialog.getByRole('button', { name: /^Assign \d/ })).toBeEnabled();
  return dialog;
}

for (const { kind, typed, says, command, afterwards } of cases) {
  test(`${kind}: cause and fix before it is sent, and each way out works`, async () => {
    const dialog = await openDialog();
    const field = dialog.getByLabel('Address');
    const waits: number[] = [];
    // The best of four: other suites may have the machine for a moment.
    for (let i = 0; i < 4 && Math.min(...waits, 1e9) > SHOWN_WITHIN_MS; i++)
      waits.push(await typeAndWait(field, typed, says));
    expect(Math.min(...waits), `shown after ${waits.map(Math.round)} ms`).toBeLessThanOrEqual(
      SHOWN_WITHIN_MS,
    );
    const note = page.getByRole('alert').filter({ hasText: says });
    const submit = dialog.getByRole('button', { name: /^Assign / });
    await expect(submit).toHaveAttribute('aria-disabled', 'true');
    // Message, cause and fix stand there, each for itself.
    expect((await note.locator('p').count()) >= 3).toBe(true);

    // The first way out: another address, taken by one press.
    const take = note.getByRole('button', { name: /^Take / });
    const other = ((await take.innerText()) ?? '').replace('Take ', '');
    await take.click();
    await expect(field).toHaveValue(other);
    await dialog.getByRole('button', { name: `Assign ${other}` }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('listitem').filter({ hasText: `${other}/` })).toContainText('Assigned');
    if (!command) return;

    // The second: the command of the fix, run as it stands.
    const conflict = await stand.api.ips.check.query({ jail: 'taker', address: typed });
    expect(conflict?.evidence?.kind).toBe(kind);
    const line = command.exec(conflict?.fix ?? '')?.[0] ?? '';
    expect(line, conflict?.fix).not.toBe('');
    const ended = await stand.cellblock(line);
    expect(ended, `${line}: ${ended.stderr}`).toMatchObject({ exitCode: 0 });
    await until(async () => {
      const now = await stand.api.ips.check.query({ jail: 'taker', address: typed });
      return afterwards ? afterwards.test(now?.message ?? '') : now === null;
    });
  });
}

test('pool-overlap: cause and fix before it is sent, and each way out works', async () => {
  await page.goto('/networks/prod');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'New pool…' }).click();
  const dialog = page.getByRole('dialog', { name: /^New pool/ });
  await dialog.getByLabel('Name').fill('second');
  await dialog.getByLabel('First address').fill('10.20.4.150');
  const says = /10\.20\.4\.150 to 10\.20\.4\.210 overlaps pool main/;
  const waits: number[] = [];
  for (let i = 0; i < 4 && Math.min(...waits, 1e9) > SHOWN_WITHIN_MS; i++)
    waits.push(await typeAndWait(dialog.getByLabel('Last address'), '10.20.4.210', says));
  expect(Math.min(...waits), `shown after ${waits.map(Math.round)} ms`).toBeLessThanOrEqual(SHOWN_WITHIN_MS);
  await expect(dialog.getByRole('button', { name: /^Make pool/ })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: /^Take 10\.20\.4\.\d+ to/ }).click();
  await dialog.getByRole('button', { name: 'Make pool second' }).click();
  await expect(dialog).toBeHidden();
  expect((await stand.api.pools.get.query({ pool: 'second' })).name).toBe('second');

  const overlap = { network: 'prod', first: '10.20.4.201', last: '10.20.4.254' };
  const fix = (await stand.api.pools.check.query(overlap))?.fix ?? '';
  const line = /cellblock pool rm \S+/.exec(fix)?.[0] ?? '';
  const ended = await stand.cellblock(line);
  expect(ended, `${line}: ${ended.stderr}`).toMatchObject({ exitCode: 0 });
});

test('the nine kinds are the nine of the table', () => {
  expect([...cases.map(({ kind }) => kind), 'pool-overlap'].sort()).toEqual([...ConflictKind.options].sort());
});

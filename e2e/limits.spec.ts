import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { seriousFaults, sidewaysScroll } from './stand/accessibility.ts';
import { claim } from './stand/claim.ts';
import { type Console, openConsole } from './stand/open-console.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
let view: Console;

/** Works now and then, holds memory, and has a child that can be ended. Its command says what no page may obey. */
const BUSY = `my $held = 'x' x (24 << 20); if (!fork) { exec 'sleep', '7777' } ${'$0 = "busy <img src=x onerror=alert(1)>";'} while (1) { my $end = time + 2; 1 while time < $end; sleep 1 }`;

test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  const link = /https?:\/\/\S+\/setup\/claim\?token=\S+/.exec(await stand.up())?.[0] ?? '';
  view = await openConsole(stand);
  await claim(view.page, link);
  await stand.must(['network', 'create', 'prod', '--kind', 'bridge', '--subnet', '10.20.4.0/24']);
  await stand.must([
    ...['create', 'busy', '--memory', '128M', '--cpus', '0.5', '--pids', '50'],
    ...['--', 'perl', '-e', BUSY],
  ]);
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await view?.close();
  await stand?.close();
});

interface Shown {
  spec: { limits: Record<string, unknown> };
  seen: { pid: number; state: string };
}

/** A file of the jail's own group in the hierarchy of a controller. */
async function groupFile(controller: string, v1: string, v2: string): Promise<string> {
  const { seen } = await stand.json<Shown>('show', 'busy');
  const lines = readFileSync(`/proc/${seen.pid}/cgroup`, 'utf8').split('\n');
  const own = lines.find((line) => line.split(':')[1]?.split(',').includes(controller));
  const unified = lines.find((line) => line.startsWith('0::'))?.slice(3) ?? '';
  return own
    ? readFileSync(`/sys/fs/cgroup/${controller}${own.split(':')[2]}/${v1}`, 'utf8').trim()
    : readFileSync(`/sys/fs/cgroup${unified}/${v2}`, 'utf8').trim();
}

test('limits are changed live, in the browser and on the command line, and hold in the kernel', async () => {
  test.setTimeout(120_000);
  const { page } = view;
  const { pid } = (await stand.json<Shown>('show', 'busy')).seen;
  await page.goto('/jails/busy/limits');
  await page.getByRole('button', { name: 'Change limits' }).click();
  await page.getByRole('textbox', { name: 'Processes', exact: true }).fill('60');
  await page.getByRole('textbox', { name: 'CPU weight', exact: true }).fill('50');
  await expect(page.getByText('60 processes').first()).toBeVisible();
  await page.getByRole('button', { name: 'Set the limits' }).click();
  await expect(page.getByText('busy has its new limits').first()).toBeVisible({ timeout: 30_000 });
  expect(await groupFile('pids', 'pids.max', 'pids.max')).toBe('60');
  expect(['512', '50']).toContain(await groupFile('cpu', 'cpu.shares', 'cpu.weight'));
  await stand.must(['set', 'busy', '--pids', '70', '--cpu-weight', 'none']);
  expect(await groupFile('pids', 'pids.max', 'pids.max')).toBe('70');
  const after = await stand.json<Shown>('show', 'busy');
  expect(after.spec.limits).toEqual({ memory: '128M', cpus: 0.5, pids: 70 });
  expect(after.seen.pid).toBe(pid);
});

test('a limit below what runs is refused while it is typed, with how much that is', async () => {
  const { page } = view;
  await page.goto('/jails/busy/limits?do=limits');
  // What is used is known by the next report
  await page.getByRole('textbox', { name: 'Memory', exact: true }).fill('8M');
  await expect(page.getByText('In use now:').first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Set the limits' })).toHaveAttribute('aria-disabled', 'true');
  const refused = await stand.cellblock(['set', 'busy', '--memory', '8M']);
  expect(refused).toMatchObject({ stderr: expect.stringContaining('In use now:') });
  expect(refused.exitCode).not.toBe(0);
  expect((await stand.json<Shown>('show', 'busy')).spec.limits).toMatchObject({ memory: '128M' });
});

test('processes are listed with both numbers, inert, and one is ended by a signal that is in the history', async () => {
  const { page } = view;
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto('/jails/busy/processes');
  const table = page.getByRole('table', { name: 'Processes of busy' });
  await expect(table.getByText('busy <img src=x onerror=alert(1)>')).toBeVisible();
  const row = table.getByRole('row').filter({ hasText: 'sleep 7777' });
  const hostPid = Number(await row.getByRole('cell').nth(1).textContent());
  expect(readFileSync(`/proc/${hostPid}/cmdline`, 'utf8')).toContain('7777');
  await row.getByRole('button', { name: /Signal process/ }).click();
  await page.getByRole('menuitem', { name: 'Kill it (KILL)' }).click();
  await page.getByRole('button', { name: /^Kill \d+$/ }).click();
  await expect(page.getByText(/was sent KILL/).first()).toBeVisible();
  await expect(table.getByRole('row').filter({ hasText: 'sleep 7777' })).toHaveCount(0);
  expect(dialogs).toEqual([]);
  const found = await stand.must(['audit', 'search', 'object:busy', '-o', 'json']);
  expect(found).toContain(`sent KILL to process ${hostPid} of busy`);
});

test('a jail is let see another for a time, on the page, and the list comes and goes with it', async () => {
  const { page } = view;
  await stand.must(['create', 'watcher']);
  const sees = () => stand.cellblock(['exec', 'watcher', '--', 'cat', '/run/cellblock/see/busy']);
  // Control: nobody granted it.
  expect((await sees()).exitCode).toBe(1);
  await page.goto('/jails/busy/processes');
  await page.getByRole('button', { name: 'Let see…' }).click();
  await page.getByLabel('Which way').selectOption('seen');
  await page.getByLabel('The other jail').selectOption('watcher');
  await page.getByRole('button', { name: 'Let watcher see busy' }).click();
  const table = page.getByRole('table', { name: 'What busy may see, and who may see it' });
  await expect(table.getByRole('row', { name: /is seen by watcher.*mira.*in (1 h|59 min)/ })).toBeVisible();
  const shown = await sees();
  expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"jail": "busy"') });
  await page.goto('/jails/watcher/processes');
  await page.getByRole('button', { name: 'Revoke that watcher sees busy' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke that watcher sees busy' }).click();
  await expect(page.getByText('watcher sees its own processes alone')).toBeVisible();
  expect((await sees()).exitCode).toBe(1);
  // For the pictures
  await stand.must(['grant', 'see', 'watcher', 'busy', '--for', '8h']);
});

test('what it uses is drawn with its limits, in both themes and on a narrow screen, and told to Prometheus', async () => {
  test.setTimeout(180_000);
  await view.page.goto('/jails/busy/limits');
  await expect(view.page.getByRole('figure', { name: 'Memory' })).toContainText('Limit', { timeout: 60_000 });
  // Two samples make a rate
  await expect(
    view.page.getByRole('figure', { name: 'CPU' }).getByRole('img', { name: /Used \d\.\d\d cores/ }),
  ).toBeVisible({
    timeout: 60_000,
  });
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1440, 375]) {
      const looking = await openConsole(stand, { theme, width, height: 1000, signedInAs: view });
      try {
        for (const tab of ['limits', 'processes']) {
          await looking.page.goto(`/jails/busy/${tab}`);
          await expect(looking.page.locator('[aria-busy=true]')).toHaveCount(0);
          await expect(looking.page.locator(tab === 'limits' ? 'figure' : 'table').first()).toBeVisible();
          await looking.page.screenshot({
            path: `test-results/screens/${tab}-${theme}-${width}.png`,
            fullPage: true,
          });
          expect.soft(await sidewaysScroll(looking.page), `${tab} ${theme} ${width}`).toBeLessThanOrEqual(0);
          expect.soft(await seriousFaults(looking.page), `${tab} ${theme} ${width}`).toEqual([]);
        }
      } finally {
        await looking.close();
      }
    }
  }
  const made = await stand.json<{ token: string }>(
    ...['token', 'create', 'prometheus', '--role', 'viewer', '--expires', '1d'],
  );
  // By the browser, which is where the dashboard is; without its session.
  const read = await view.page.evaluate(async (token) => {
    const answer = await fetch('/metrics', {
      headers: { authorization: `Bearer ${token}` },
      credentials: 'omit',
    });
    return answer.text();
  }, made.token);
  expect(read).toMatch(/cellblock_jail_memory_bytes\{jail="busy",host="[^"]+"\} \d{8,}/);
});

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import { expect, test } from '@playwright/test';
import { LocalRegistry } from '../apps/agent/test/local-registry.ts';
import { examineState } from './stand/accessibility.ts';
import { claim } from './stand/claim.ts';
import { answerFrom, newNonce } from './stand/nonce.ts';
import { makeNonceImage, type NonceImage, nonceImageCommand } from './stand/nonce-image.ts';
import { type Console, openConsole } from './stand/open-console.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let stand: Stand;
let first: Console;
let shown: string;
let registry: LocalRegistry | undefined;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  const link = /https?:\/\/\S+\/setup\/claim\?token=\S+/.exec(await stand.up())?.[0] ?? '';
  // Beside the data: what lies in it is shown to no jail.
  shown = `${stand.data}-shown`;
  for (const each of ['www', 'closed/data']) mkdirSync(path.join(shown, each), { recursive: true });
  writeFileSync(path.join(shown, 'www/page'), 'shown to the jail\n');
  writeFileSync(path.join(shown, 'www/...'), '<script>alert(1)</script>\n');
  chmodSync(path.join(shown, 'closed'), 0o700);
  writeFileSync(
    path.join(stand.data, 'bounds.d/30-view.yaml'),
    `viewPrefixes: [{ path: ${shown}, writable: true }]\nimageSources: [upload, '${LocalRegistry.address}']\n`,
    { mode: 0o644 },
  );
  first = await openConsole(stand);
  await claim(first.page, link);
  await stand.must(['network', 'create', 'lan', '--kind', 'bridge', '--subnet', '10.20.0.0/24']);
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  registry?.close();
  await first?.close();
  await stand?.close();
  if (shown) rmSync(shown, { recursive: true, force: true });
});

test('what is wrong with a view stays in the form, beside what is wrong', async () => {
  const { page } = first;
  await page.goto('/jails/new');
  await page.getByLabel('Name').fill('viewed');
  await page.getByText('Profile and view').click();
  await page.getByRole('radio', { name: 'strict' }).check();
  await page.getByRole('button', { name: 'Add a mount' }).click();
  const mount = page.getByRole('textbox', { name: 'Mount 1' });
  await mount.fill('/srv/www:/www:fast');
  await expect(page.getByRole('alert').filter({ hasText: 'none of its options' })).toBeVisible();
  await mount.fill('/proc:/host');
  await expect(page.getByRole('alert').filter({ hasText: '/proc is shown to no jail' })).toBeVisible();
  await expect(mount).toHaveValue('/proc:/host');
  await examineState(page, 'new jail with a view');
  await mount.fill(`${shown}/www:/www`);
  await expect(mount).not.toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0);
  await expect(page.getByText(`--profile strict --bind ${shown}/www:/www:ro`)).toBeVisible();
  await page.getByRole('button', { name: 'Create viewed' }).click();
  await page.waitForURL('**/jails/viewed/**');
  await expect
    .poll(
      async () => JSON.parse((await stand.cellblock(['show', 'viewed', '-o', 'json'])).stdout).seen?.state,
      {
        timeout: 60_000,
      },
    )
    .toBe('running');
});

test('its tree is shown, proved, and its files are looked at', async () => {
  const { page } = first;
  await page.goto('/jails/viewed/files');
  const view = page.getByRole('table', { name: 'View of viewed' });
  await expect(view.getByRole('row', { name: /\/www.*ro,nosuid,nodev.*nobody/ })).toBeVisible();
  await page.getByRole('button', { name: 'Prove it' }).click();
  await expect(page.getByText('viewed sees exactly what is declared.')).toBeVisible({ timeout: 30_000 });
  await expect(view.getByText('as declared').first()).toBeVisible();
  await page.getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole('link', { name: 'www', exact: true }).click();
  await page.getByRole('button', { name: 'page', exact: true }).click();
  await expect(page.getByText('shown to the jail')).toBeVisible();
  const handedOver = async () => {
    const [download, answer] = await Promise.all([
      page.waitForEvent('download'),
      page.waitForResponse('**/api/download'),
      page.getByRole('button', { name: 'Download the file' }).click(),
    ]);
    expect(await answer.allHeaders()).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-disposition': expect.stringMatching(/^attachment; /),
    });
    return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')];
  };
  expect(await handedOver()).toEqual(['page', 'shown to the jail\n']);
  // A name made of dots is a place to some, and none to keep a file under.
  await page.getByRole('button', { name: '...', exact: true }).click();
  await expect(page.getByText('<script>alert(1)</script>')).toBeVisible();
  expect(await handedOver()).toEqual(['file', '<script>alert(1)</script>\n']);
  await examineState(page, 'files of a jail');
});

test('its view is changed where its settings are, and holds from its next start', async () => {
  const { page } = first;
  await page.goto('/jails/viewed/config');
  await expect(page.getByRole('textbox', { name: 'Mount 1' })).toHaveValue(`${shown}/www:/www:ro`);
  const apply = page.getByRole('button', { name: 'Apply to viewed' });
  await expect(apply).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Add a mount' }).click();
  const mount = page.getByRole('textbox', { name: 'Mount 2' });
  await mount.fill('/proc:/host');
  await expect(page.getByRole('alert').filter({ hasText: '/proc is shown to no jail' })).toBeVisible();
  await expect(mount).toHaveAttribute('aria-invalid', 'true');
  await expect(apply).toHaveAttribute('aria-disabled', 'true');
  await examineState(page, 'settings of a jail with a view');
  // Key by key: a space is a part of a path until the line is done.
  await mount.fill('');
  await mount.pressSequentially(`${shown}/my files:/w`);
  await expect(mount).toHaveValue(`${shown}/my files:/w`);
  await mount.fill(`${shown}/www:/second`);
  await expect(mount).not.toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('view: from the next start of viewed.')).toBeVisible();
  await apply.click();
  await expect(page.getByText('viewed is configured anew')).toBeVisible({ timeout: 60_000 });
  const proves = async () => (await stand.cellblock(['view', 'viewed', '--prove'])).exitCode;
  // Control: it runs on with what it saw.
  expect(await proves()).toBe(1);
  await stand.must(['restart', 'viewed']);
  expect((await stand.cellblock(['view', 'viewed'])).stdout).toMatch(/\/second\s+bind\s+ro,nosuid,nodev/);
  expect(await proves()).toBe(0);
});

test('what another person changes meanwhile is no edit of this one', async () => {
  const { page } = first;
  const bind = (...lines: string[]) =>
    stand.must(['set', 'viewed', ...lines.flatMap((line) => ['--bind', `${shown}/www:${line}`])]);
  const mounts = page.getByRole('textbox', { name: /^Mount / });
  const memory = page.getByRole('textbox', { name: 'Memory' });
  const apply = page.getByRole('button', { name: 'Apply to viewed' });
  await page.goto('/jails/viewed/config');
  await expect(mounts).toHaveCount(2);
  await memory.fill('300M');
  await bind('/www');
  // Nothing is reloaded: where nobody typed, it is as it is now.
  await expect(mounts).toHaveCount(1);
  await expect(memory).toHaveValue('300M');
  await expect(page.getByText('view: from the next start of viewed.')).toHaveCount(0);
  await apply.click();
  await expect(page.getByText('viewed is configured anew')).toBeVisible({ timeout: 60_000 });
  await expect(mounts).toHaveCount(1);

  await mounts.fill(`${shown}/www:/mine`);
  await bind('/www', '/second');
  const overtaken = page.getByRole('alert').filter({ hasText: 'The view of viewed was changed meanwhile.' });
  await expect(overtaken).toBeVisible();
  await expect(mounts).toHaveValue(`${shown}/www:/mine`);
  await expect(apply).toHaveAttribute('aria-disabled', 'true');
  await examineState(page, 'settings of a jail that were changed meanwhile');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(overtaken).toHaveCount(0);
  await expect(mounts.nth(1)).toHaveValue(`${shown}/www:/second:ro`);
  await expect(memory).toHaveValue('300M');
});

test('the command line says the same, and a document brings it back', async () => {
  const listed = await stand.cellblock(['view', 'viewed']);
  expect(listed.stdout).toMatch(/\/www\s+bind\s+ro,nosuid,nodev/);
  const proof = await stand.cellblock(['view', 'viewed', '--prove']);
  expect(proof, proof.stderr).toMatchObject({ exitCode: 0 });
  const document = path.join(shown, 'viewed.yaml');
  writeFileSync(document, (await stand.cellblock(['show', 'viewed', '-o', 'yaml'])).stdout);
  expect(readFileSync(document, 'utf8')).toContain('profile: strict');
  const planned = await stand.cellblock(['plan', document]);
  expect(planned, planned.stderr).toMatchObject({ exitCode: 0 });
  expect(planned.stdout).toMatch(/Jail\s+viewed\s+none/);
  const refused = await stand.cellblock(['set', 'viewed', '--bind', '/etc/shadow:/x']);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/passwords[\s\S]*fix: /);
  const audit = await stand.cellblock(['audit', 'search', '--filter', 'jail:viewed']);
  expect(audit.stdout).toMatch(/had it proved what viewed sees/);
  expect(audit.stdout).toMatch(/downloaded the file \/www\/page in viewed/);
});

const REFERENCE = `${LocalRegistry.address}/answer:stable`;
let one: NonceImage;
let two: NonceImage;

const digestOf = async (name: string) => (await stand.json<{ digest: string }>('image', 'show', name)).digest;

/** What the jail itself says on its address, once it is up. */
async function expectNonce(jail: string, nonce: string): Promise<void> {
  const jails = CLI_OUTPUT.ls.parse(await stand.json('ls'));
  const address = jails.find(({ name }) => name === jail)?.wanted.addresses[0] ?? '';
  await expect.poll(() => answerFrom(stand.segment.site, address), { timeout: 60_000 }).toBe(nonce);
}

test('an image is pulled, and a jail that has it as its root answers', async () => {
  const { page } = first;
  one = await makeNonceImage(shown, 'one', newNonce());
  two = await makeNonceImage(shown, 'two', newNonce());
  registry = new LocalRegistry(shown, stand.segment.site);
  await registry.open();
  await registry.push(one.layout, 'answer:stable');
  await page.goto('/images');
  await expect(page.getByText('No images yet.')).toBeVisible();
  await stand.must(['image', 'pull', REFERENCE]);
  // Nothing is reloaded: what the host has made appears by itself.
  await page.getByRole('row', { name: new RegExp(`${REFERENCE}.*no jail`) }).click();
  await examineState(page, 'images with one chosen');
  await page.getByRole('link', { name: 'Create a jail with it' }).click();
  await page.getByLabel('Name').fill('pinned');
  await expect(page.getByLabel('Image')).toHaveValue(await digestOf(REFERENCE));
  await page.getByRole('textbox', { name: 'Command' }).fill(nonceImageCommand.join(' '));
  await page.getByRole('button', { name: 'Create pinned' }).click();
  await page.waitForURL('**/jails/pinned/**');
  await expectNonce('pinned', one.nonce);
});

test('a tag that moves changes no jail, only what is made from then on', async () => {
  const { page } = first;
  const before = await digestOf(REFERENCE);
  await registry?.push(two.layout, 'answer:stable');
  await page.goto('/images?do=new');
  const dialog = page.getByRole('dialog', { name: 'New image' });
  await dialog.getByText('Registry', { exact: true }).click();
  await dialog.getByLabel('Reference').fill(`elsewhere.example/answer:stable`);
  await dialog.getByRole('button', { name: 'Pull it' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'imageSources' })).toBeVisible();
  await dialog.getByLabel('Reference').fill(REFERENCE);
  await dialog.getByRole('button', { name: 'Pull it' }).click();
  await expect(page.getByRole('row', { name: new RegExp(REFERENCE) })).toHaveCount(2, { timeout: 60_000 });
  const after = await digestOf(REFERENCE);
  expect(after).not.toBe(before);
  await stand.must(['restart', 'pinned']);
  await expectNonce('pinned', one.nonce);
  await stand.must(['create', 'moved', '--root', `image:${REFERENCE}`, '--', ...nonceImageCommand]);
  await expectNonce('moved', two.nonce);
});

test('the same tree as an archive is the same image', async () => {
  const { page } = first;
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New image' });
  await dialog.getByText('Archive', { exact: true }).click();
  await dialog.locator('input[type=file]').setInputFiles(one.archive);
  await expect(dialog.getByLabel('Name')).toHaveValue('one.tar');
  await dialog.getByRole('button', { name: 'Upload it' }).click();
  await expect(page.getByText('one.tar was there already')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('table', { name: 'Images' }).locator('tbody tr')).toHaveCount(2);
});

test('an image that is a root stays, and says whose; then it goes', async () => {
  const { page } = first;
  const [pinned = ''] = (
    await stand.json<{ images: { digest: string; usedBy: string[] }[] }[]>('image', 'ls')
  ).flatMap(({ images }) =>
    images.filter(({ usedBy }) => usedBy.includes('pinned')).map((each) => each.digest),
  );
  const refused = await stand.cellblock(['image', 'rm', pinned]);
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toMatch(/is the root of pinned[\s\S]*fix: .*cellblock destroy pinned --purge/);
  await page.goto(
    `/images?sel=${(await stand.must(['host', 'ls', '-o', 'name'])).trim()}/${pinned.slice(7, 19)}`,
  );
  const detail = page.getByRole('complementary', { name: 'Detail' });
  await expect(detail.getByRole('link', { name: 'pinned' })).toBeVisible();
  const remove = detail.getByRole('button', { name: 'Remove…' });
  await expect(remove).toHaveAttribute('aria-description', /is the root of pinned/);
  await expect(page.getByRole('row', { name: /1 jail/ })).toHaveCount(2);
  await stand.must(['destroy', 'pinned', '--purge', '--yes']);
  await expect(detail.getByText('No jail. It can be removed.')).toBeVisible({ timeout: 30_000 });
  await remove.click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Remove / })
    .click();
  await expect(page.getByRole('row', { name: new RegExp(REFERENCE) })).toHaveCount(1, { timeout: 30_000 });
  // What the other jail has below it was not touched.
  await expectNonce('moved', two.nonce);
  const audit = await stand.must(['audit', 'search', '--filter', 'action:image.*']);
  for (const said of [/was refused image\.remove/, /image .* is removed/, /was refused image\.pull/])
    expect(audit).toMatch(said);
});

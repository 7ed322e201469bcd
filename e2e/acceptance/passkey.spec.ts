import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { type DashboardStand, makeDashboardStand } from './stand/dashboard-stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: DashboardStand;
let page: Page;
let browser: CDPSession;
let authenticator = '';
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeDashboardStand();
  page = await stand.page();
  browser = await page.context().newCDPSession(page);
  await browser.send('WebAuthn.enable');
  // A fingerprint reader in the machine, with a finger on it.
  ({ authenticatorId: authenticator } = await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
});
test.afterAll(() => stand?.close());

const credentials = async () =>
  (await browser.send('WebAuthn.getCredentials', { authenticatorId: authenticator })).credentials;

test('a passkey is made for the person who is signed in', async () => {
  await page.goto('/account');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByText('This browser has a passkey')).toBeVisible();
  expect(await credentials()).toEqual([
    expect.objectContaining({ rpId: 'localhost', isResidentCredential: true }),
  ]);
});

test('it signs in without name or password, and the history says by what', async () => {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with passkey' }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.getByRole('button', { name: /mira/ })).toBeVisible();
  const [row] = await stand.sql(
    "SELECT credential FROM audit_event WHERE kind = 'session.sign-in' AND phase = 'intent' ORDER BY at DESC LIMIT 1",
  );
  expect(row).toEqual({ credential: 'passkey' });
});

test('control: a finger that is not the owner’s, and a key that the dashboard does not know, let nobody in', async () => {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await browser.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
  await page.getByRole('button', { name: 'Sign in with passkey' }).click();
  await expect(page.getByText('No passkey signed you in.')).toBeVisible({ timeout: 90_000 });
  await expect(page).toHaveURL(/sign-in/);

  await browser.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true });
  await stand.sql('DELETE FROM auth_passkey');
  await page.reload();
  await page.getByRole('button', { name: 'Sign in with passkey' }).click();
  await expect(page.getByText('No passkey signed you in.')).toBeVisible({ timeout: 90_000 });
  await expect(page).toHaveURL(/sign-in/);
});

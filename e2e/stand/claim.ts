import { expect, type Page } from '@playwright/test';
import { totp } from './totp.ts';

export const ADMINISTRATOR = { name: 'mira', password: 'correct horse battery staple' };

/**
 * The first administrator comes by the link, chooses a password and turns on one-time codes.
 * Returns their secret. Ends on the page of the first host.
 */
export async function claim(page: Page, link: string): Promise<string> {
  await page.goto(link);
  await page.getByLabel('Name').fill(ADMINISTRATOR.name);
  await page.getByLabel('Password').fill(ADMINISTRATOR.password);
  await page.getByRole('button', { name: 'Claim installation' }).click();
  await page.getByRole('button', { name: 'Set up one-time codes' }).click();
  const secret =
    (await page
      .locator('code')
      .filter({ hasText: /^[A-Z2-7]{16,}$/ })
      .textContent()) ?? '';
  await page.getByLabel('Code').fill(totp(secret));
  await page.getByRole('button', { name: 'Turn on one-time codes' }).click();
  await expect(page.getByText('Keep these recovery codes')).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/setup\/host/);
  return secret;
}

/** Signs in with password and a one-time code. */
export async function signIn(page: Page, secret: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Name').fill(ADMINISTRATOR.name);
  await page.getByLabel('Password').fill(ADMINISTRATOR.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Code of your authenticator app').fill(totp(secret));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}

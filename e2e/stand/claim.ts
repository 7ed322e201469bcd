import { expect, type Page } from '@playwright/test';

/** The first administrator comes by the link; a second factor is offered and can wait. */
export async function claim(
  page: Page,
  link: string,
  person: { name: string; password: string },
): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: /claim|create|continue/i }).click();
  await expect(page).not.toHaveURL(/\/setup\/claim/);
}

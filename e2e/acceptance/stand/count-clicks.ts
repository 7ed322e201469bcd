import type { BrowserContext } from '@playwright/test';

/** Counts real presses of the pointer on all pages of the context; each call answers those since the last. */
export async function countClicks(context: BrowserContext): Promise<() => Promise<number>> {
  let count = 0;
  await context.exposeFunction('countClick', () => {
    count += 1;
  });
  await context.addInitScript(() => {
    addEventListener(
      'pointerdown',
      (event) => event.isTrusted && (globalThis as unknown as { countClick(): void }).countClick(),
      true,
    );
  });
  return async () => {
    const counted = count;
    count = 0;
    return counted;
  };
}

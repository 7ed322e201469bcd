import { type BrowserContext, chromium, type Page } from '@playwright/test';
import type { Stand } from './stand.ts';

export interface Console {
  page: Page;
  context: BrowserContext;
  /** real presses of the pointer since the last call */
  clicks(): Promise<number>;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** cookies of another console: the same person in another window */
  signedInAs?: Console;
}

/** Debian's Chromium inside site, with errors of the page thrown into the test. */
export async function openConsole(
  stand: Pick<Stand, 'chromium' | 'url'>,
  options: ConsoleOptions = {},
): Promise<Console> {
  const browser = await chromium.launch({ executablePath: stand.chromium });
  const storageState = await options.signedInAs?.context.storageState();
  const context = await browser.newContext({
    baseURL: stand.url,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.theme ?? 'light',
    ...(storageState ? { storageState } : {}),
  });
  let clicks = 0;
  await context.exposeFunction('countClick', () => {
    clicks += 1;
  });
  await context.addInitScript(() => {
    addEventListener(
      'pointerdown',
      (event) => event.isTrusted && (globalThis as unknown as { countClick(): void }).countClick(),
      true,
    );
  });
  const page = await context.newPage();
  return {
    page,
    context,
    clicks: async () => {
      const counted = clicks;
      clicks = 0;
      return counted;
    },
    close: () => browser.close(),
  };
}

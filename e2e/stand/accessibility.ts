import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What axe calls serious or critical on the page as it is, with where it is. */
export async function seriousFaults(page: Page, only?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (only) axe.withRules(only);
  // Targets of at least 24 px, or with room around them (WCAG 2.2, 2.5.8): off unless it is asked for.
  else axe.options({ rules: { 'target-size': { enabled: true } } });
  const { violations } = await axe.analyze();
  return violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map(
      (each) =>
        `${each.id}: ${each.nodes
          .map((node) => node.target.join(' '))
          .slice(0, 4)
          .join(' | ')}`,
    );
}

/** Pixels by which the page, or what it shows in its frame, is too wide: the frame cuts what it has no room for. */
export const sidewaysScroll = (page: Page) =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll('main')].map(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      ),
    ),
  );

/** The page in this very state: both themes, wide and narrow, without loading it again. */
export async function examineState(page: Page, name: string): Promise<void> {
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: 800 });
    // Only colours differ between the themes, and they do not depend on the width.
    for (const theme of width === 1440 ? (['light', 'dark'] as const) : (['light'] as const)) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const what = `${name}, ${theme}, ${width} px`;
      const faults = await seriousFaults(page, theme === 'dark' ? ['color-contrast'] : undefined);
      expect.soft(faults, what).toEqual([]);
    }
    expect
      .soft(await sidewaysScroll(page), `${name} at ${width} px: scrolls sideways`)
      .toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

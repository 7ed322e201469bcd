import { defineConfig } from '@playwright/test';

/**
 * The real product on a stand of network namespaces, one stand per file: files run one after another,
 * because they share one kernel.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  globalSetup: './stand/prepare.ts',
  globalTeardown: './stand/remove-leftovers.ts',
});

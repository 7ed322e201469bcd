import { defineConfig } from '@playwright/test';

/** Emulated, and busy with that alone for minutes. */
const VIRTUAL = ['reboot.spec.ts', 'project-quota.spec.ts'];
/** Dashboard and browser, with agents that have no kernel. */
const ACCEPTANCE = 'acceptance/*.spec.ts';

/**
 * The real product on a stand of network namespaces, one stand per file. Of each kind one file runs at a
 * time, beside one of another kind: the files with jails share one kernel, and all of them wait more than
 * they work.
 */
export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  workers: 2,
  projects: [
    { name: 'acceptance', workers: 1, testMatch: ACCEPTANCE },
    { name: 'jails', workers: 1, testMatch: '*.spec.ts', testIgnore: [ACCEPTANCE, ...VIRTUAL] },
    { name: 'virtual', workers: 1, testMatch: VIRTUAL },
  ],
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  globalSetup: './stand/prepare.ts',
  globalTeardown: './stand/remove-leftovers.ts',
});

import { defineConfig } from 'vitest/config';

const never = ['**/node_modules/**', '**/.next/**', 'e2e/**'];
const suffix = (kind: string) => `**/*.${kind}.test.{ts,tsx}`;

/** What kills programs all the time takes as long as all other root tests together: it has a suite of its own. */
const crashes = ['**/crash.root.test.ts'];
const cycles = ['**/cycles.root.test.ts'];

/** A busy machine is no failure: what polls ends as soon as it sees what it waits for. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } };

/** Six suites, told apart by the file's name: what a test needs is seen before it is opened. */
export default defineConfig({
  test: {
    // A suite that finds no tests must fail, not pass quietly.
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...never, suffix('root'), suffix('db'), suffix('attack')],
          ...patient,
        },
      },
      {
        test: {
          name: 'root',
          include: [suffix('root')],
          exclude: [...never, ...crashes, ...cycles],
          // One kernel is shared by all of them.
          fileParallelism: false,
          ...patient,
        },
      },
      {
        test: {
          name: 'crash',
          include: crashes,
          exclude: never,
          fileParallelism: false,
          ...patient,
        },
      },
      {
        test: {
          name: 'attack',
          include: [suffix('attack')],
          exclude: never,
          fileParallelism: false,
          ...patient,
        },
      },
      {
        test: {
          name: 'cycles',
          include: cycles,
          exclude: never,
          fileParallelism: false,
          ...patient,
        },
      },
      {
        test: {
          name: 'db',
          include: [suffix('db')],
          exclude: never,
          globalSetup: ['./scripts/test-database/cluster.ts'],
          setupFiles: ['./scripts/test-database/fresh-database.ts'],
          ...patient,
          maxWorkers: 2,
        },
      },
    ],
  },
});

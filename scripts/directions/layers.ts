/**
 * The layers of the repository and what each may import (ARCHITECTURE.md, "Direction of imports"). A file
 * belongs to the first layer whose path begins its own; a layer may always import itself.
 */
export type Layer = {
  name: string;
  /** path prefixes, relative to the repository */
  paths: string[];
  /** layers that it may import */
  imports: string[];
  /** layers of which it may import types only */
  types?: string[];
};

export const LAYERS: Layer[] = [
  { name: 'shared', paths: ['packages/shared/'], imports: [] },
  { name: 'native', paths: ['packages/native/'], imports: [] },

  // The dialer has the network: it must not even load what could touch the kernel or a key.
  { name: 'dialer', paths: ['apps/agent/src/dialer/'], imports: ['shared'] },
  { name: 'warden', paths: ['apps/agent/src/warden/'], imports: ['shared', 'native'] },
  { name: 'supervisor', paths: ['apps/agent/src/supervisor/'], imports: ['shared'] },
  { name: 'up', paths: ['apps/agent/src/up/'], imports: ['shared', 'supervisor', 'warden'] },
  {
    name: 'agent-tests',
    paths: ['apps/agent/'],
    imports: ['shared', 'native', 'dialer', 'warden', 'supervisor', 'up'],
  },

  { name: 'ui', paths: ['apps/web/src/ui/'], imports: [] },
  { name: 'paths', paths: ['apps/web/src/paths.ts'], imports: [] },
  { name: 'trpc', paths: ['apps/web/src/trpc/'], imports: ['shared', 'paths', 'api'], types: ['routers'] },
  {
    name: 'app',
    paths: ['apps/web/src/app/'],
    imports: ['shared', 'ui', 'paths', 'trpc'],
    types: ['api', 'routers'],
  },
  { name: 'routers', paths: ['apps/web/src/server/api/routers/'], imports: ['shared', 'api', 'verbs'] },
  { name: 'api', paths: ['apps/web/src/server/api/'], imports: ['shared', 'routers', 'verbs'] },
  {
    name: 'verbs',
    paths: ['apps/web/src/server/'],
    imports: ['shared', 'paths', 'api', 'generated'],
    types: ['warden'],
  },
  { name: 'generated', paths: ['apps/web/src/generated/'], imports: [] },
  { name: 'server', paths: ['apps/web/src/server.ts'], imports: ['verbs', 'shared'] },
  {
    name: 'web-tests',
    paths: ['apps/web/'],
    imports: ['shared', 'verbs', 'api', 'routers', 'generated', 'paths', 'server'],
  },

  { name: 'cli', paths: ['apps/cli/'], imports: ['shared', 'up'], types: ['api', 'warden'] },
  // What stands in for the world, a registry, and what a test of the agent found in a virtual machine.
  { name: 'e2e', paths: ['e2e/'], imports: ['shared', 'agent-tests'], types: ['api'] },
  // The dashboard alone, with its own database and agents of the tests' own.
  {
    name: 'acceptance',
    paths: ['e2e/acceptance/'],
    imports: ['shared', 'e2e', 'scripts', 'verbs', 'supervisor'],
    types: ['api'],
  },
  // Measures the agent as its tests run it, and the build as it is assembled.
  {
    name: 'bench',
    paths: ['bench/'],
    imports: ['shared', 'native', 'warden', 'supervisor', 'agent-tests', 'scripts'],
  },
  { name: 'scripts', paths: ['scripts/', 'vitest.config.ts'], imports: ['shared', 'supervisor', 'verbs'] },
];

/** Wiring: it may import everything below it, and nothing imports it. */
export const ENTRIES = [
  'apps/web/src/server.ts',
  'apps/agent/src/dialer/main.ts',
  'apps/agent/src/warden/main.ts',
  'apps/agent/src/supervisor/main.ts',
  'apps/cli/src/main.ts',
];

/** Names that say nothing about what a file holds. */
export const BANNED_NAMES = /^(utils?|helpers?|common|types|constants|index)\.(ts|tsx|mts|cts|js|mjs)$/;

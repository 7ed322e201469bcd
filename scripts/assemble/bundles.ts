import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { repository } from './stage.ts';

/** Some libraries are CommonJS and call `require` for Node's own modules. */
const BANNER =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

const shared: BuildOptions = {
  absWorkingDir: repository,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner: { js: BANNER },
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'silent',
  external: ['*.node', 'pg-native', 'bufferutil', 'utf-8-validate'],
};

/** What ends a process on behalf of the crash suite is no part of what is shipped. */
const SHIPPED: BuildOptions = { define: { 'globalThis.crashHere': 'undefined' } };
const CRASHING: BuildOptions = { inject: [path.join(repository, 'scripts/crash/crash-hook.ts')] };

const AGENT_AND_CLI = {
  supervisor: 'apps/agent/src/supervisor/main.ts',
  warden: 'apps/agent/src/warden/main.ts',
  dialer: 'apps/agent/src/dialer/main.ts',
  cli: 'apps/cli/src/main.ts',
};

/**
 * The bundles of these sources (`key` is their hash), made unless they are there: `agent/` and `dashboard/`
 * below the directory that is returned. A second data directory costs a copy.
 */
export async function bundles(key: string): Promise<string> {
  const directory = path.join(repository, 'node_modules/.cellblock-bundles');
  const stamp = path.join(directory, 'key');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return directory;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await shippedBundles(directory);
  writeFileSync(stamp, key);
  return directory;
}

export async function shippedBundles(directory: string): Promise<void> {
  await bundleAgentAndCli(path.join(directory, 'agent'), SHIPPED);
  await bundleDashboard(path.join(directory, 'dashboard'), SHIPPED);
}

export async function shippedAgentBundles(directory: string): Promise<void> {
  await bundleAgentAndCli(directory, SHIPPED);
}

/** The same with a crash hook (scripts/crash/crash-hook.ts), for tests: made anew, which takes a second. */
export async function crashBundles(directory: string): Promise<void> {
  await bundleAgentAndCli(path.join(directory, 'agent'), CRASHING);
  await bundleDashboard(path.join(directory, 'dashboard'), CRASHING);
}

/** One file per process, with everything in it: supervisor.mjs, warden.mjs, dialer.mjs, cli.mjs. */
async function bundleAgentAndCli(directory: string, kind: BuildOptions): Promise<void> {
  await build({
    ...shared,
    ...kind,
    entryPoints: AGENT_AND_CLI,
    outdir: directory,
    outExtension: { '.js': '.mjs' },
  });
}

/**
 * The dashboard's process beside Next's standalone output. Next itself stays outside: it finds its own parts
 * by path, and reads its settings from the environment, so `server.mjs` sets them before anything is imported.
 */
async function bundleDashboard(directory: string, kind: BuildOptions): Promise<void> {
  await build({
    ...shared,
    ...kind,
    external: [...(shared.external ?? []), 'next', 'next/*', 'react', 'react-dom', 'sharp'],
    entryPoints: { dashboard: 'apps/web/src/server.ts' },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    tsconfig: path.join(repository, 'apps/web/tsconfig.json'),
  });
  writeFileSync(path.join(directory, 'server.mjs'), START);
}

const START = `import { readFileSync } from 'node:fs';
import path from 'node:path';

const directory = import.meta.dirname;
const { config } = JSON.parse(readFileSync(path.join(directory, '.next/required-server-files.json'), 'utf8'));
process.env.NODE_ENV = 'production';
// Without it Next looks for a compiler, which an installed build has no use for.
process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
process.chdir(directory);
await import('./dashboard.mjs');
`;

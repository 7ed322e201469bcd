import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { crashBundles } from '../assemble/bundles.ts';
import { repository, runStage } from '../assemble/stage.ts';
import { addon, crashPrograms, prismaClient } from '../assemble/stages.ts';
import { contentHash } from '../assemble/stamp.ts';

const DIRECTORY = path.join(repository, 'node_modules/.cellblock-crash');
const SOURCES = [
  'pnpm-lock.yaml',
  'scripts',
  'packages/shared',
  'packages/native',
  'apps/agent/src',
  'apps/cli/src',
  'apps/web/src',
];
const A_DAY = 24 * 3600 * 1000;

/**
 * Programs that a test can end at any of their crash points, made unless they are there: `agent/` with
 * `native/` in it, and `dashboard/`.
 */
export async function crashBuild(): Promise<string> {
  for (const stage of [addon, crashPrograms, prismaClient]) runStage(stage);
  const target = path.join(DIRECTORY, contentHash(repository, SOURCES));
  if (existsSync(target)) return target;
  const draft = `${target}.${process.pid}`;
  await crashBundles(draft);
  const native = path.join(draft, 'agent/native');
  mkdirSync(native, { recursive: true });
  const built = path.join(repository, 'packages/native/build');
  cpSync(path.join(built, 'Release/cellblock.node'), path.join(native, 'cellblock.node'));
  for (const program of ['spawn', 'keeper'])
    cpSync(path.join(built, `bin/${program}-crash`), path.join(native, program));
  // Another run may be at work with an earlier build.
  for (const name of readdirSync(DIRECTORY)) {
    const old = path.join(DIRECTORY, name);
    if (statSync(old).mtimeMs < Date.now() - A_DAY) rmSync(old, { recursive: true, force: true });
  }
  renameSync(draft, target);
  return target;
}

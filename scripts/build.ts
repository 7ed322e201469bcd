import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCurrent, pruneBuilds } from '../apps/agent/src/supervisor/app-directory.ts';
import { install } from './assemble/install.ts';
import { repository, runStage } from './assemble/stage.ts';
import { addon, pages, prismaClient, programs } from './assemble/stages.ts';
import { contentHash } from './assemble/stamp.ts';

/**
 * Makes the installed build of this clone: `node scripts/build.ts --app DATA/app`.
 * Prints its directory on stdout, progress on stderr. Unchanged sources cost a hash and nothing else.
 */
const SOURCES = [
  'package.json',
  'pnpm-lock.yaml',
  'scripts/build.ts',
  'scripts/assemble',
  'packages/shared',
  'packages/native',
  'apps/agent',
  'apps/cli',
  'apps/web',
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { app: { type: 'string', default: '/var/lib/cellblock/app' } } });
  const key = contentHash(repository, SOURCES);
  const target = path.join(values.app, key);
  if (!isComplete(target, key)) {
    process.stderr.write(`building ${key}\n`);
    for (const stage of [addon, programs, prismaClient, pages]) runStage(stage);
    await install(values.app, key);
  }
  makeCurrent(values.app, key);
  pruneBuilds(values.app, key);
  process.stdout.write(`${target}\n`);
}

/** build.json is written last but for the rename, so a build that has it is whole. */
function isComplete(target: string, key: string): boolean {
  const file = path.join(target, 'build.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { build: string }).build === key;
}

try {
  await main();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(message);
  if (code === 'ENOSPC')
    console.error('  fix: free some space (about 700 MB are needed), then run this again.');
  process.exitCode = 1;
}

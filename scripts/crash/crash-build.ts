import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { crashBundles } from '../assemble/bundles.ts';
import { repository, runStage } from '../assemble/stage.ts';
import { crashPrograms } from '../assemble/stages.ts';

const DIRECTORY = path.join(repository, 'node_modules/.cellblock-crash');

/** Programs that a test can end at any of their crash points: `agent/` with `native/` in it, `dashboard/`. */
export async function crashBuild(): Promise<string> {
  runStage(crashPrograms);
  await crashBundles(DIRECTORY);
  const native = path.join(DIRECTORY, 'agent/native');
  mkdirSync(native, { recursive: true });
  const built = path.join(repository, 'packages/native/build');
  cpSync(path.join(built, 'Release/cellblock.node'), path.join(native, 'cellblock.node'));
  for (const program of ['spawn', 'keeper'])
    cpSync(path.join(built, `bin/${program}-crash`), path.join(native, program));
  return DIRECTORY;
}

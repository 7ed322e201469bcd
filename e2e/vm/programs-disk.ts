import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { mustRun } from '../stand/run-program.ts';

const REPOSITORY = path.join(import.meta.dirname, '../..');
const TESTS = path.join(REPOSITORY, 'apps/agent/test/project-quota');
const WARDEN = path.join(REPOSITORY, 'apps/agent/src/warden');
const NATIVE = path.join(REPOSITORY, 'packages/native/build');
const SPAWN = path.join(REPOSITORY, 'packages/native/cpp/spawn');
const BUILD_LOCK = path.join(REPOSITORY, 'node_modules/.cellblock-build.lock');
const CRASH_HOOK = path.join(REPOSITORY, 'scripts/crash/crash-hook.ts');

/**
 * A disk with the warden (a crash build), its programs and the mutant of spawn, what plays the host's administrator,
 * and a file with an xfs: `node guest.mjs PLACE PROGRAMS XFS` finds out what project quota holds. Its path below the
 * directory.
 */
export async function programsDisk(directory: string): Promise<string> {
  const content = path.join(directory, 'content');
  const native = path.join(content, 'native');
  mkdirSync(native, { recursive: true });
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: {
      guest: path.join(TESTS, 'guest.ts'),
      warden: path.join(WARDEN, 'main.ts'),
      purge: path.join(WARDEN, 'purge.ts'),
    },
    outdir: content,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    external: ['*.node', 'pg-native', 'bufferutil', 'utf-8-validate'],
    inject: [CRASH_HOOK],
    logLevel: 'silent',
  });
  copyFileSync(path.join(REPOSITORY, 'node_modules/.bin/node'), path.join(content, 'node'));
  copyFileSync(path.join(TESTS, 'hostile-root.pl'), path.join(content, 'hostile-root.pl'));
  copyFileSync(path.join(NATIVE, 'Release/cellblock.node'), path.join(native, 'cellblock.node'));
  await mustRun(['flock', BUILD_LOCK, 'make', '-s', '-C', SPAWN, 'mutant'], { timeoutMs: 300_000 });
  for (const name of ['spawn', 'spawn-mutant', 'keeper', 'probe'])
    copyFileSync(path.join(NATIVE, 'bin', name), path.join(native, name));
  await mustRun(['mkfs.xfs', '-q', '-d', `file,name=${path.join(content, 'counted.xfs')},size=300m`]);
  await mustRun(['chmod', '-R', 'u=rwX,go=rX', content]);
  const disk = path.join(directory, 'programs.ext4');
  await mustRun(['mke2fs', '-q', '-t', 'ext4', '-d', content, disk, '800M']);
  rmSync(content, { recursive: true });
  return disk;
}

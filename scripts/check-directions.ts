import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkDirections } from './directions/check.ts';

/** Every source file that git knows or would take; exit 1 when an import goes the wrong way. */
const repository = path.join(import.meta.dirname, '..');
const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: repository,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);

const files = listed.stdout
  .split('\0')
  .filter((file) => /\.(ts|tsx|mts)$/.test(file) && existsSync(path.join(repository, file)))
  .map((file) => ({ path: file, text: readFileSync(path.join(repository, file), 'utf8') }));

const violations = checkDirections(files);
for (const { file, line, says } of violations) console.error(`${file}:${line}: ${says}`);
console.error(`${files.length} files, ${violations.length} wrong directions`);
process.exitCode = violations.length === 0 && files.length > 0 ? 0 : 1;

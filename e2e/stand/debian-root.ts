import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from './run-program.ts';

const CACHE = path.join(import.meta.dirname, '../../node_modules/.cellblock-debian');
/** The smallest Debian, and what the line needs beside it. */
const RECIPE = ['--variant=minbase', '--include=curl'];

/** Packs the smallest Debian 12 once a clone; returns the tar file, whose unpacking is a host's root. */
export async function debianRoot(): Promise<string> {
  if (!existsSync('/usr/bin/mmdebstrap')) {
    throw new Error('mmdebstrap is missing\n  fix: apt-get install --no-install-recommends mmdebstrap');
  }
  const key = createHash('sha256').update(RECIPE.join(' ')).digest('hex').slice(0, 16);
  const file = path.join(CACHE, `${key}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  const draft = path.join(CACHE, `draft-${process.pid}.tar`);
  try {
    const argv = ['mmdebstrap', '--quiet', '--mode=root', ...RECIPE, 'bookworm', draft];
    await mustRun([...argv, ...(await debianSources())], { timeoutMs: 900_000 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  for (const name of readdirSync(CACHE)) {
    if (path.join(CACHE, name) !== file) rmSync(path.join(CACHE, name), { force: true });
  }
  return file;
}

/** Where this machine gets Debian from, as lines of sources.list. */
async function debianSources(): Promise<string[]> {
  const format = '$(ORIGIN)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await mustRun(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  return stdout
    .split('\n')
    .filter((line) => /^Debian\|.* bookworm/.test(line))
    .map((line) => line.slice('Debian|'.length));
}

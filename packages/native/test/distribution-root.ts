import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../../node_modules/.cellblock-distribution');
const RECIPE = ['--variant=minbase', '--include=sysvinit-core,systemd,login,util-linux'];

/** Where this machine gets Debian from, as lines of sources.list. */
function debianSources(): string[] {
  const format = '$(ORIGIN)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const targets = ['indextargets', '--format', format, 'Created-By: Packages'];
  return execFileSync('apt-get', targets, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^Debian\|.* bookworm/.test(line))
    .map((line) => line.slice('Debian|'.length));
}

/** Makes `directory` the root of a Debian 12 with two inits: sysvinit at /sbin/init, and systemd beside it. Bootstrapped once a clone. */
export function unpackDistribution(directory: string): void {
  const file = join(CACHE, `${createHash('sha256').update(RECIPE.join(' ')).digest('hex').slice(0, 16)}.tar`);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    const draft = join(CACHE, `draft-${process.pid}.tar`);
    try {
      const command = ['--quiet', '--mode=root', ...RECIPE, 'bookworm', draft, ...debianSources()];
      execFileSync('mmdebstrap', command, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 900_000 });
      renameSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
    for (const name of readdirSync(CACHE)) if (join(CACHE, name) !== file) rmSync(join(CACHE, name));
  }
  execFileSync('tar', ['-C', directory, '-xf', file, '--exclude=./dev/*']);
}

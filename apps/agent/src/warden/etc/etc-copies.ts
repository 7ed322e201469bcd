import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeEtc } from './etc-template.ts';

const run = promisify(execFile);

/** When one of these changes on the host, jails that are made from then on get the new one. */
const MADE_FROM = [
  'ld.so.cache',
  'ld.so.conf.d',
  'ssl/certs',
  'alternatives',
  'os-release',
  'localtime',
  'shells',
];
const PREFIX = 'etc-';

/**
 * Finished copies of a fresh /etc. Hundreds of small files are read from the host once; every jail then gets
 * its own from one copy.
 */
export class EtcCopies {
  private readonly directory: string;
  private making: Promise<string> | null = null;

  /** `directory`: root's alone; a template is kept in it */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes `target`, which must not exist, a fresh /etc. */
  async copyTo(target: string): Promise<void> {
    this.making ??= this.template().finally(() => {
      this.making = null;
    });
    const template = await this.making;
    await run('cp', ['-a', '--reflink=auto', template, target]);
  }

  private async template(): Promise<string> {
    const name = `${PREFIX}${await fingerprint()}`;
    const path = join(this.directory, name);
    if (await stat(path).catch(() => null)) return path;
    const fresh = join(this.directory, `${name}.new`);
    await rm(fresh, { recursive: true, force: true });
    await writeEtc(fresh);
    // Made anew at every start and laid over these names, which a read-only /etc must have.
    for (const file of ['hostname', 'hosts', 'resolv.conf']) await writeFile(join(fresh, file), '');
    await rename(fresh, path);
    for (const old of await readdir(this.directory)) {
      if (old.startsWith(PREFIX) && old !== name) await rm(join(this.directory, old), { recursive: true });
    }
    return path;
  }
}

async function fingerprint(): Promise<string> {
  const times = await Promise.all(
    MADE_FROM.map(async (name) => (await stat(join('/etc', name)).catch(() => null))?.mtimeMs ?? 0),
  );
  return createHash('sha256').update(JSON.stringify(times)).digest('hex').slice(0, 12);
}

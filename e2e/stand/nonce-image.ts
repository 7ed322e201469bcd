import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeOciLayout } from '../../apps/agent/test/oci-layout.ts';
import { NONCE_PORT } from './nonce.ts';
import { mustRun } from './run-program.ts';

/** What a jail on such an image runs, as its form and the command line take it. */
export const nonceImageCommand = ['/bin/nc', '-ll', '-p', String(NONCE_PORT), '-e', '/bin/cat', '/srv/nonce'];

export interface NonceImage {
  nonce: string;
  /** directory of the image as registries have it */
  layout: string;
  /** the same tree as a tar file */
  archive: string;
}

/** A system that is busybox and one file, which nothing but a jail on it can say. */
export async function makeNonceImage(directory: string, name: string, nonce: string): Promise<NonceImage> {
  const root = path.join(directory, name);
  for (const part of ['bin', 'etc', 'srv']) mkdirSync(path.join(root, part), { recursive: true });
  copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'));
  for (const applet of ['sh', 'nc', 'cat']) symlinkSync('busybox', path.join(root, 'bin', applet));
  writeFileSync(path.join(root, 'srv/nonce'), `${nonce}\n`);
  const archive = `${root}.tar`;
  await mustRun(['tar', '--create', '--file', archive, '--directory', root, '.']);
  const layout = `${root}-layout`;
  await writeOciLayout(layout, { layers: [archive] });
  return { nonce, layout, archive };
}

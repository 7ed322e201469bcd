import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Removes a directory that a jail has filled. Not by Node: that goes by whole paths, so that directories nested
 * deeper than a path is long could never be removed, and takes all names of a directory into memory at once.
 * Mounts are left standing.
 */
export async function removeTree(directory: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', '--', directory]);
}

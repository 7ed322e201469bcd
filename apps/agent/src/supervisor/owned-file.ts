import { closeSync, fchmodSync, fchownSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file as root into a directory that somebody else owns, and gives it to them. Whatever they have put
 * there under its name is replaced, never followed: a link would have root write, and give away, what it
 * points to.
 */
export function writeOwnedFile(
  file: string,
  content: string | Buffer,
  owner: { uid: number; gid: number; mode: number },
): void {
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(fd, content);
    fchmodSync(fd, owner.mode);
    fchownSync(fd, owner.uid, owner.gid);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}

import { closeSync, fsync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Replaces a file that root alone may read: after a power cut it is the old one or the new one, whole. */
export async function replaceDurably(file: string, content: string): Promise<void> {
  const draft = `${file}.new`;
  await synced(openSync(draft, 'w', 0o600), (fd) => writeFileSync(fd, content));
  renameSync(draft, file);
  await synced(openSync(path.dirname(file), 'r'), () => undefined);
}

async function synced(fd: number, write: (fd: number) => void): Promise<void> {
  try {
    write(fd);
    await sync(fd);
  } finally {
    closeSync(fd);
  }
}

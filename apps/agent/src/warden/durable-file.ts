import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * After this resolves the file has the content, whatever loses power: written beside it, fsynced, renamed
 * over it, and the directory fsynced (security.md 4).
 */
export async function writeDurably(path: string, content: string, mode = 0o600): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The first bytes of a file whose length somebody else decides. Of /proc/PID/cmdline and environ that is the process:
 * it can say that its arguments are all the memory that it could ever have (prctl(2), PR_SET_MM), and whoever read to
 * their end would hold as much.
 */
export function readStartNow(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(file, start, 0, bytes, null));
  } finally {
    closeSync(file);
  }
}

/** As `readStartNow`, while others go on. */
export async function readStart(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, null);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

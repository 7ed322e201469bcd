import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { KernelError } from '@cellblock/native/kernel-error';

const execute = promisify(execFile);
const LOOK_EVERY_MS = 200;
/** What stays free on the file system, whatever is unpacked there. */
export const KEEP_FREE_BYTES = 1024 ** 3;
const KEEP_FREE_FILES = 10_000;

/** Bytes that whoever is not root could still write where `directory` lies. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

export function diskFull(step: string): KernelError {
  const why = `less than ${KEEP_FREE_BYTES / 1024 ** 3} GiB would be left on the host's disk`;
  return new KernelError(step, 'ENOSPC', 28, why);
}

export function tookTooLong(step: string, ms: number): KernelError {
  return new KernelError(step, 'ETIME', 62, `it took longer than ${ms / 60_000} min`);
}

export interface SpaceBounds {
  bytes: number;
  entries: number;
  ms: number;
}

/**
 * Aborts when what is made below `directory` passes a bound, or when the file system has little left: a small
 * archive can unfold to any size. What the whole file system has lost is looked at often; who took it is
 * counted only when that could be too much.
 */
export function watchSpace(directory: string, step: string, bounds: SpaceBounds, abort: AbortController) {
  const refuse = (code: string, errno: number, why: string) =>
    abort.abort(new KernelError(step, code, errno, why));
  let before: { bytes: number; files: number } | null = null;
  let busy = false;
  const look = async () => {
    const { bavail, bsize, ffree, files } = await statfs(directory);
    const now = { bytes: bavail * bsize, files: ffree };
    before ??= now;
    if (now.bytes < KEEP_FREE_BYTES) return abort.abort(diskFull(step));
    if (files > 0 && now.files < KEEP_FREE_FILES) {
      return refuse(
        'ENOSPC',
        28,
        `fewer than ${KEEP_FREE_FILES} files could still be made on the host's disk`,
      );
    }
    if (
      before.bytes - now.bytes > bounds.bytes &&
      (await countOf(directory, '--block-size=1')) > bounds.bytes
    ) {
      return refuse('EFBIG', 27, `it is larger than ${bounds.bytes} bytes`);
    }
    if (
      before.files - now.files > bounds.entries &&
      (await countOf(directory, '--inodes')) > bounds.entries
    ) {
      return refuse('EFBIG', 27, `it has more than ${bounds.entries} files`);
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look()
      .catch((error) => refuse('EIO', 5, String(error)))
      .finally(() => {
        busy = false;
      });
  }, LOOK_EVERY_MS);
  const late = setTimeout(() => abort.abort(tookTooLong(step, bounds.ms)), bounds.ms);
  return {
    /** The first look, before anything is made. */
    look,
    end() {
      clearInterval(timer);
      clearTimeout(late);
    },
  };
}

/** What is being unpacked moves under it: du says so and ends with 1, and has counted what is there all the same. */
async function countOf(directory: string, unit: string): Promise<number> {
  const counted = await execute('du', ['--summarize', '--one-file-system', unit, directory]).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const count = Number.parseInt(counted.stdout, 10);
  if (Number.isNaN(count)) throw new KernelError(`count ${directory}`, 'EIO', 5, 'du said nothing');
  return count;
}

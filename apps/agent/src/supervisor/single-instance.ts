import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { processOfPidFile } from './supervised-process.ts';

/**
 * This process becomes the one that the pid file names. Returns the living process that already is, or null.
 * Two that start at once both try; the file names one of them.
 */
export async function claimPidFile(file: string): Promise<ProcessIdentity | null> {
  const self = identityOf(process.pid);
  if (!self) {
    throw new AppError('internal', '/proc is not mounted.', {
      cause: `There is no /proc/${process.pid}/stat, by which a process is told from an earlier one with its number.`,
      fix: 'mount -t proc proc /proc; then: cellblock up',
    });
  }
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${self.pid} ${self.startTime}\n`);
  try {
    linkSync(draft, file); // only one can: the file must not exist
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const living = processOfPidFile(file);
    if (living) return living;
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  // Another may have replaced a dead one's file in the same moment: the last one counts.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const winner = processOfPidFile(file);
  return winner?.pid === self.pid ? null : winner;
}

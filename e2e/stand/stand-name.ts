import { existsSync } from 'node:fs';

const PREFIX = 'cellblock-e2e-';

/** Begins the names of namespaces and directories of this process's stands. */
export const standPrefix = `${PREFIX}${process.pid}-`;

/** Left behind by a stand whose process has ended; a stand of a run beside this one is none of ours. */
export function isLeftover(name: string): boolean {
  const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

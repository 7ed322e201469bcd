import type { RestartPolicy } from '@cellblock/shared/jail-spec';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
/** A jail that ran this long was well: its next end begins a new series. */
const WELL_AFTER_MS = 60_000;

export interface JailEnd {
  exit: { code: number | null; signal: number | null } | null;
  startedAt: string;
  endedAt: string;
  /** restarts of this series so far */
  restarts: number;
}

/** When a jail that ended is to be started again, and the how-manieth restart that is; null: not at all. */
export function restartAfter(policy: RestartPolicy, end: JailEnd): { at: string; restarts: number } | null {
  const failed = end.exit?.code !== 0;
  if (policy === 'no' || (policy === 'on-failure' && !failed)) return null;
  const ran = Date.parse(end.endedAt) - Date.parse(end.startedAt);
  const restarts = ran >= WELL_AFTER_MS ? 0 : end.restarts;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** restarts, LONGEST_DELAY_MS);
  return { at: new Date(Date.parse(end.endedAt) + delay).toISOString(), restarts: restarts + 1 };
}

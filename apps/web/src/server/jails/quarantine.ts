/** How long what is kept of a destroyed jail can be restored. */
export const QUARANTINE_MS = 24 * 3_600_000;

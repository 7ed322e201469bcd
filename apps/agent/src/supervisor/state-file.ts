import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import * as z from 'zod';

/** What the supervisor says of itself, for `up`, `status` and `down` in other processes. No secrets. */
export const SupervisorState = z.object({
  phase: z.enum(['starting', 'ready', 'failed', 'stopping']),
  /** what it is doing, in words */
  doing: z.string(),
  build: z.string(),
  url: z.string(),
  port: z.int(),
  listen: z.string(),
  agent: z.boolean(),
  embeddedDatabase: z.boolean(),
  /** why it failed */
  refusal: Refusal.nullable(),
  at: z.iso.datetime(),
});
export type SupervisorState = z.infer<typeof SupervisorState>;

export const stateFile = (place: DataDirectory): string => path.join(place.run, 'supervisor.json');
export const supervisorPidFile = (place: DataDirectory): string => path.join(place.run, 'supervisor.pid');

export function writeState(place: DataDirectory, state: SupervisorState): void {
  const draft = `${stateFile(place)}.draft`;
  writeFileSync(draft, `${JSON.stringify(state)}\n`);
  renameSync(draft, stateFile(place));
}

/** The last that a supervisor said; null when there was none. It may be dead: see its pid file. */
export function readState(place: DataDirectory): SupervisorState | null {
  try {
    return SupervisorState.parse(JSON.parse(readFileSync(stateFile(place), 'utf8')));
  } catch {
    return null;
  }
}

import { mkdirSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt, DEFAULT_PORT, dataDirectory } from '@cellblock/shared/data-directory';
import { checkDataDirectory } from '../supervisor/directories.ts';
import type { Settings } from '../supervisor/settings.ts';
import { supervisorPidFile } from '../supervisor/state-file.ts';
import { supervise } from '../supervisor/supervise.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { buildToRun } from './build-clone.ts';
import { checkThisMachine } from './machine-check.ts';
import { needRoot, type Place } from './place.ts';

export type AgentRunOptions = Place & { enrol: { dashboard: string; token: string } | null };

/** This host's agent without a dashboard beside it, in the foreground until it is told to stop. */
export async function agentRun(options: AgentRunOptions): Promise<number> {
  needRoot('agent run');
  const place = dataDirectory(options.data);
  checkDataDirectory(place.data);
  const running = processOfPidFile(supervisorPidFile(place));
  if (running) {
    throw new AppError('conflict', `Process ${running.pid} already runs an agent on ${place.data}.`, {
      field: 'data',
      cause: `${supervisorPidFile(place)} names it, and it lives: two agents would end each other's jails.`,
      fix: `${cellblockAt(place.data, 'down')}, or another directory: --data DIR`,
    });
  }
  mkdirSync(place.data, { recursive: true, mode: 0o755 });
  await checkThisMachine(place.data);
  const settings: Settings = {
    data: place.data,
    port: DEFAULT_PORT,
    listen: '127.0.0.1',
    noAgent: false,
    agentOnly: options.enrol ?? {},
  };
  return await supervise(settings, buildToRun(place, process.env.CELLBLOCK_SOURCE));
}

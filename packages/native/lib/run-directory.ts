import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeProcess, TreeStatus } from './process-tree.ts';

/** What `spawn` wrote down when it started the tree. */
export interface TreeFacts {
  keeper: TreeProcess;
  init: TreeProcess;
  startedAt: string;
  bootId: string;
  idBase: number;
  /** the bounding set as a decimal number */
  capabilities: string;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export async function readTreeFacts(runDirectory: string): Promise<TreeFacts | null> {
  const text = await readIfThere(join(runDirectory, 'tree'));
  // Blank until the start is written down, and then whole with its last newline.
  return text?.endsWith('\n') ? (JSON.parse(text) as TreeFacts) : null;
}

/** The keeper's one line `CODE SIGNAL MILLISECONDS`; null while its newline is missing. */
async function readExit(runDirectory: string): Promise<TreeStatus['exit']> {
  const match = /^(\d+|-) (\d+|-) (\d+)\n/.exec((await readIfThere(join(runDirectory, 'exit'))) ?? '');
  if (!match) return null;
  const number = (text: string | undefined) => (text === '-' ? null : Number(text));
  return { code: number(match[1]), signal: number(match[2]), at: new Date(Number(match[3])).toISOString() };
}

/** Field 22 of stat, counted after the last bracket: a name may contain anything. */
async function isAlive({ pid, startTime }: TreeProcess): Promise<boolean> {
  const stat = await readIfThere(`/proc/${pid}/stat`).catch(() => null);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields !== undefined && fields[0] !== 'Z' && fields[0] !== 'X' && Number(fields[19]) === startTime;
}

export async function readTreeStatus(runDirectory: string): Promise<TreeStatus | null> {
  const facts = await readTreeFacts(runDirectory);
  if (!facts) return null;
  const sameBoot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim() === facts.bootId;
  const alive = async (process: TreeProcess) => sameBoot && (await isAlive(process));
  const [keeper, init] = [await alive(facts.keeper), await alive(facts.init)];
  // Read last: a keeper that was alive a moment ago may have written it since.
  const exit = await readExit(runDirectory);
  // A keeper without an exit is about to write one: to everyone else the tree still runs.
  const state = exit ? 'exited' : keeper || init ? 'running' : 'lost';
  return {
    state,
    // A keeper that has written its last word is on its way out, and keeps nothing any more.
    keeper: keeper && !exit ? facts.keeper : null,
    init: init && !exit ? facts.init : null,
    startedAt: facts.startedAt,
    exit,
    idBase: facts.idBase,
  };
}

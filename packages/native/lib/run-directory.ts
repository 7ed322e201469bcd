import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeConfinement, TreeProcess, TreeStatus } from './process-tree.ts';
import { readTreeLimits, type TreeLimits } from './tree-limits.ts';

/** What every process of a tree is confined by; `exec` takes it from here, not from whoever asks. */
export interface TreeBounds {
  /** the bounding set as a decimal number */
  capabilities: string;
  confinement: TreeConfinement;
  resourceLimits: Record<string, number>;
}

/** What `spawn` wrote down when it started the tree; its limits as they were changed since. */
export interface TreeFacts extends TreeBounds {
  /** of a change of the limits that has not reached every process */
  pending?: TreeLimits['pending'];
  keeper: TreeProcess;
  init: TreeProcess;
  startedAt: string;
  bootId: string;
  idBase: number;
}

/** What a tree is confined by that was started before there were profiles. */
const BEFORE_PROFILES: Omit<TreeBounds, 'capabilities'> = {
  confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
  resourceLimits: {},
};

// Reading is synchronous: these are a few lines each, and an observer reads five of them for each of a thousand
// jails. As promises each costs four ways to another thread and back.
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function readTreeFacts(runDirectory: string): TreeFacts | null {
  const text = readIfThere(join(runDirectory, 'tree'));
  // Blank until the start is written down, and then whole with its last newline.
  if (!text?.endsWith('\n')) return null;
  try {
    const facts: TreeFacts = { ...BEFORE_PROFILES, ...JSON.parse(text) };
    return { ...facts, ...readTreeLimits(runDirectory, facts.init) };
  } catch (error) {
    // Read while it was blanked for the next start, piece by piece: nobody knows of that one yet.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The keeper's one line `CODE SIGNAL MILLISECONDS`; null while its newline is missing. */
function readExit(runDirectory: string): TreeStatus['exit'] {
  const match = /^(\d+|-) (\d+|-) (\d+)\n/.exec(readIfThere(join(runDirectory, 'exit')) ?? '');
  if (!match) return null;
  const number = (text: string | undefined) => (text === '-' ? null : Number(text));
  return { code: number(match[1]), signal: number(match[2]), at: new Date(Number(match[3])).toISOString() };
}

/** Field 22 of stat, counted after the last bracket: a name may contain anything. */
function isAlive({ pid, startTime }: TreeProcess): boolean {
  const stat = statOf(pid);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields !== undefined && fields[0] !== 'Z' && fields[0] !== 'X' && Number(fields[19]) === startTime;
}

/** null: there is no such process, or it ends while it is read. */
function statOf(pid: number): string | null {
  try {
    return readIfThere(`/proc/${pid}/stat`);
  } catch {
    return null;
  }
}

let boot: string | null = null;

/** Nobody outlives his boot: it is read once. */
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}

export function readTreeStatus(runDirectory: string): TreeStatus | null {
  return readTree(runDirectory)?.status ?? null;
}

export function readTree(runDirectory: string): { status: TreeStatus; facts: TreeFacts } | null {
  const facts = readTreeFacts(runDirectory);
  if (!facts) return null;
  const alive = (process: TreeProcess) => bootId() === facts.bootId && isAlive(process);
  const [keeper, init] = [alive(facts.keeper), alive(facts.init)];
  // Read last: a keeper that was alive a moment ago may have written it since.
  const exit = readExit(runDirectory);
  // A keeper without an exit is about to write one: to everyone else the tree still runs.
  const state = exit ? 'exited' : keeper || init ? 'running' : 'lost';
  const status: TreeStatus = {
    state,
    // A keeper that has written its last word is on its way out, and keeps nothing any more.
    keeper: keeper && !exit ? facts.keeper : null,
    init: init && !exit ? facts.init : null,
    startedAt: facts.startedAt,
    exit,
    idBase: facts.idBase,
    resourceLimits: facts.pending ? null : facts.resourceLimits,
  };
  return { status, facts };
}

import { linkSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@cellblock/shared/app-error';
import { runningIn } from './running-range.ts';

export const ID_COUNT = 65_536;
/** Outside what systemd and Debian hand out (release-1.md). */
export const FIRST_ID_BASE = 1_879_048_192;
const LAST_ID = 2_147_352_575;
export const RANGE_COUNT = (LAST_ID + 1 - FIRST_ID_BASE) / ID_COUNT;

/** Kernel-wide: every agent on this kernel claims here, and it is gone with the kernel's uptime. */
export const ID_REGISTRY = '/run/cellblock/ids';

/** What rmdir says of a directory that holds something, is gone already, or is one that others mount or guard. */
const IN_USE = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY']);

const LOOK_GOOD_FOR_MS = 100;

const TRIES = 50;
const WAIT_MS = 5;

interface Range {
  first: number;
  last: number;
}

export interface IdClaim {
  base: number;
  instance: string;
  jailKey: string;
}

/**
 * Claims of host id ranges. A claim is a file named by the range's first id, which only one can make: two
 * agents never both have it.
 */
export class IdRanges {
  readonly #registry: string;
  readonly #etc: string;
  /** `INSTANCE JAIL` → first id: all that there were when first asked, and what was claimed here since. Only
   *  one process claims for an instance. */
  readonly #bases = new Map<string, number>();
  #listed = false;
  #look: { at: number; taken: Set<number>; foreign: Range[] } | null = null;

  constructor(o: { registry?: string; etc?: string } = {}) {
    this.#registry = o.registry ?? ID_REGISTRY;
    this.#etc = o.etc ?? '/etc';
  }

  /**
   * A range for this jail: the one it has, else `preferred` (what it had before a reboot), else the lowest
   * free one. Throws when all are taken or used by the host's own accounts.
   */
  async claim(o: { instance: string; jailKey: string; preferred: number | null }): Promise<number> {
    // Nothing waits from the look to the claim: a thousand at once would all try the same lowest range, and then
    // the next. The registry lies in memory.
    const own = this.#ownBase(o);
    if (own !== null) return own;
    const { taken, foreign } = this.#around();
    for (const base of candidates(o.preferred)) {
      if (taken.has(base) || foreign.some((range) => overlaps(range, base))) continue;
      taken.add(base);
      if (!this.#write(base, o)) continue;
      this.#bases.set(`${o.instance} ${o.jailKey}`, base);
      return base;
    }
    throw new AppError('conflict', `All ${RANGE_COUNT} ranges of host ids are taken.`, {
      cause: `${taken.size} are claimed in ${this.#registry}, the others are the host's own (/etc/subuid, /etc/passwd).`,
      fix: `Destroy a jail: cellblock destroy JAIL; or find claims of agents that are gone: grep -r . ${this.#registry}`,
    });
  }

  /** Gives the range back. Call it only when nothing of the jail exists any more; refused while its tree runs. */
  async release(o: { instance: string; jailKey: string }): Promise<void> {
    const base = await this.baseOf(o);
    if (base === null) return;
    let pid = runningIn(this.#registry, base);
    // Who was killed has left its group before it has ended; spawn waits as long (running_range.cc).
    for (let tries = 0; pid !== null && tries < TRIES; tries += 1) {
      await sleep(WAIT_MS);
      pid = runningIn(this.#registry, base);
    }
    if (pid !== null) {
      throw new AppError('conflict', `Process ${pid} still has the ids from ${base}.`, {
        cause: `It is the first process of jail ${o.jailKey}, and has not ended, or not everything in it has.`,
        fix: `What it waits for: ps -o pid,stat,wchan:32,args -p ${pid}; when that has come, it is tried again`,
        evidence: { pid, base },
      });
    }
    // Last the claim: until it is gone nobody else starts a tree with this range.
    rmSync(join(this.#registry, `${base}.tree`), { force: true });
    rmSync(join(this.#registry, String(base)), { force: true });
    this.#look?.taken.delete(base);
  }

  /** Removes what an agent of this instance that was killed while it claimed has left in the registry. */
  async sweep(instance: string): Promise<void> {
    for (const name of await readdir(this.#registry).catch(() => []))
      if (name.startsWith(`.${instance}-`)) await rm(join(this.#registry, name), { force: true });
  }

  /** Removes the registry, and /run/cellblock around it, unless somebody has something there. */
  removeWhenEmpty(): void {
    const around = this.#registry === ID_REGISTRY ? [dirname(this.#registry)] : [];
    for (const directory of [this.#registry, ...around]) {
      try {
        rmdirSync(directory);
      } catch (error) {
        if (!IN_USE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
  }

  async list(): Promise<IdClaim[]> {
    return this.#claims();
  }

  #claims(): IdClaim[] {
    return this.#names().map((name) => {
      const [instance = '', jailKey = ''] = this.#text(name).trim().split(' ');
      return { base: Number(name), instance, jailKey };
    });
  }

  /** The first id of the range that this jail has, without a look at everybody else's claims. */
  async baseOf(o: { instance: string; jailKey: string }): Promise<number | null> {
    return this.#ownBase(o);
  }

  #ownBase(o: { instance: string; jailKey: string }): number | null {
    const name = `${o.instance} ${o.jailKey}`;
    if (!this.#listed) {
      for (const claim of this.#claims()) this.#bases.set(`${claim.instance} ${claim.jailKey}`, claim.base);
      this.#listed = true;
    }
    const known = this.#bases.get(name);
    if (known === undefined) return null;
    // Root, or a purge, may have taken it away.
    if (this.#text(String(known)).trim() === name) return known;
    this.#bases.delete(name);
    return null;
  }

  // Read at once: the registry lies in memory, and a thousand promises cost more than a thousand reads.
  #names(): string[] {
    try {
      return readdirSync(this.#registry).filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  }

  #text(name: string): string {
    return textIn(this.#registry, name);
  }

  /** A finished file gets its second name: an existing one is refused, and no half claim is ever seen. */
  #write(base: number, o: { instance: string; jailKey: string }): boolean {
    const draft = join(this.#registry, `.${o.instance}-${o.jailKey}`);
    this.#writeDraft(draft, `${o.instance} ${o.jailKey}\n`);
    globalThis.crashHere?.('warden drafted a claim');
    try {
      linkSync(draft, join(this.#registry, String(base)));
      globalThis.crashHere?.('warden linked a claim');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #writeDraft(path: string, text: string): void {
    for (let tries = 1; ; tries += 1) {
      mkdirSync(this.#registry, { recursive: true, mode: 0o755 });
      try {
        writeFileSync(path, text, { mode: 0o644 });
        return;
      } catch (error) {
        // The purge of another agent took the empty registry away in between.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 3) throw error;
      }
    }
  }

  /** What is taken, as it was a moment ago: a look for each of a thousand claims would read a million names. That
   *  a range is free is decided by its file, whatever is known here. */
  #around() {
    const now = performance.now();
    if (!this.#look || now - this.#look.at > LOOK_GOOD_FOR_MS)
      this.#look = { at: now, taken: new Set(this.#names().map(Number)), foreign: this.#hostRanges() };
    return this.#look;
  }

  /** Ids that the host gives to its own users, delegated ranges included. */
  #hostRanges(): Range[] {
    const lines = (name: string) =>
      textIn(this.#etc, name)
        .split('\n')
        .map((line) => line.split(':'));
    const delegated = [...lines('subuid'), ...lines('subgid')].map(([, first, count]) => ({
      first: Number(first),
      last: Number(first) + Number(count) - 1,
    }));
    const users = [...lines('passwd'), ...lines('group')].map(([, , id]) => ({
      first: Number(id),
      last: Number(id),
    }));
    return [...delegated, ...users].filter(
      (range) => Number.isInteger(range.first) && Number.isInteger(range.last),
    );
  }
}

/** Empty when there is no such file. */
function textIn(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return '';
  }
}

function overlaps(range: Range, base: number): boolean {
  return range.first < base + ID_COUNT && range.last >= base;
}

function* candidates(preferred: number | null): Generator<number> {
  if (preferred !== null && isRange(preferred)) yield preferred;
  for (let i = 0; i < RANGE_COUNT; i++) yield FIRST_ID_BASE + i * ID_COUNT;
}

/** Is this the first id of one of our ranges? Zero, identity and half ranges never are. */
export function isRange(base: number): boolean {
  return base >= FIRST_ID_BASE && base + ID_COUNT - 1 <= LAST_ID && (base - FIRST_ID_BASE) % ID_COUNT === 0;
}

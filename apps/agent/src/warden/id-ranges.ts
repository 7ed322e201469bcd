import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextIfThere } from './durable-file.ts';

/** Outside what systemd and Debian hand out; 4,094 ranges. */
export const FIRST_ID = 1_879_048_192;
export const LAST_ID = 2_147_352_575;
export const IDS_PER_JAIL = 65_536;

interface Claim {
  instance: string;
  jail: string;
}

/**
 * Ranges of host ids, one per jail, claimed in a directory that all agents on this kernel share: a claim is
 * a file named after the first id, and creating it is what locks it. It lies in /run, and dies with the
 * kernel whose processes could bear the ids.
 */
export class IdRanges {
  private readonly directory: string;
  private readonly instance: string;
  private readonly foreign: () => Promise<IdRange[]>;

  constructor(o: { directory: string; instance: string; foreign?: () => Promise<IdRange[]> }) {
    this.directory = o.directory;
    this.instance = o.instance;
    this.foreign = o.foreign ?? rangesOfTheHost;
  }

  /** Jail key → first id, of this agent's jails. */
  async own(): Promise<Map<string, number>> {
    const claims = await this.claims();
    return new Map(
      claims.filter(({ claim }) => claim?.instance === this.instance).map(({ base, claim }) => [claim?.jail ?? '', base]),
    );
  }

  /** The jail's range; the one it had, when that is still free. Fails when all are taken. */
  async claim(jail: string, preferred: number | null): Promise<number> {
    const had = (await this.own()).get(jail);
    if (had !== undefined) return had;
    const foreign = await this.foreign();
    const taken = new Set((await this.claims()).map(({ base }) => base));
    const free = (base: number) =>
      !taken.has(base) && !foreign.some((range) => overlaps(range, { first: base, count: IDS_PER_JAIL }));
    if (preferred !== null && isBase(preferred) && free(preferred) && (await this.create(preferred, jail))) {
      return preferred;
    }
    for (let base = FIRST_ID; base + IDS_PER_JAIL - 1 <= LAST_ID; base += IDS_PER_JAIL) {
      if (free(base) && (await this.create(base, jail))) return base;
    }
    throw new Error('all 4,094 ranges of host ids are claimed: destroy jails that are not needed');
  }

  async release(jail: string): Promise<void> {
    const base = (await this.own()).get(jail);
    if (base !== undefined) await rm(join(this.directory, String(base)), { force: true });
  }

  /** Hard-linking a finished file is atomic and refuses an existing name: no half claim is ever seen. */
  private async create(base: number, jail: string): Promise<boolean> {
    await mkdir(this.directory, { recursive: true, mode: 0o755 });
    const temporary = join(this.directory, `.${this.instance}-${jail}`);
    await writeFile(temporary, JSON.stringify({ instance: this.instance, jail } satisfies Claim));
    try {
      await link(temporary, join(this.directory, String(base)));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  private async claims(): Promise<{ base: number; claim: Claim | null }[]> {
    const names = await readdir(this.directory).catch(() => [] as string[]);
    return Promise.all(
      names
        .filter((name) => /^\d+$/.test(name))
        .map(async (name) => ({
          base: Number(name),
          claim: parseClaim(await readTextIfThere(join(this.directory, name))),
        })),
    );
  }
}

/** A claim that cannot be read is somebody's: its range stays taken. */
function parseClaim(text: string | null): Claim | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && 'instance' in value && 'jail' in value) {
      return { instance: String(value.instance), jail: String(value.jail) };
    }
  } catch {}
  return null;
}

export interface IdRange {
  first: number;
  count: number;
}

function overlaps(a: IdRange, b: IdRange): boolean {
  return a.first < b.first + b.count && b.first < a.first + a.count;
}

/** Whether an id begins a range of ours; never 0, never past the end. */
export function isBase(id: number): boolean {
  return (
    Number.isInteger(id) &&
    id >= FIRST_ID &&
    id + IDS_PER_JAIL - 1 <= LAST_ID &&
    (id - FIRST_ID) % IDS_PER_JAIL === 0
  );
}

/** What this host has given to people, to services and to their subordinate ids. */
export async function rangesOfTheHost(): Promise<IdRange[]> {
  const read = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const [passwd, group, subuid, subgid] = await Promise.all(
    ['/etc/passwd', '/etc/group', '/etc/subuid', '/etc/subgid'].map(read),
  );
  const single = (line: string, field: number) => ({ first: Number(line.split(':')[field]), count: 1 });
  return [
    ...(passwd ?? []).flatMap((line) => [single(line, 2), single(line, 3)]),
    ...(group ?? []).map((line) => single(line, 2)),
    ...[...(subuid ?? []), ...(subgid ?? [])].map((line) => {
      const [, first, count] = line.split(':');
      return { first: Number(first), count: Number(count) };
    }),
  ].filter((range) => Number.isInteger(range.first) && Number.isInteger(range.count));
}

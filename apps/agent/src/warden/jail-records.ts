import { readdir } from 'node:fs/promises';
import * as z from 'zod';
import { makePrivateDirectory, readTextIfThere, writeDurably } from './durable-file.ts';
import { GONE, jailPaths, type WardenPaths } from './paths.ts';

/**
 * What the agent must remember of one jail across its own restarts and the host's, and cannot see in the
 * kernel: which start of the spec its processes are, and what the restart policy decided.
 */
export const JailRecord = z.object({
  id: z.string(),
  name: z.string(),
  idBase: z.int().nullable(),
  startNumber: z.int(),
  /** boot of the host in which it was started */
  bootId: z.string(),
  /** `startedAt` of the tree before this start, to tell whether the start has happened */
  previous: z.string().nullable(),
  /** the start has been seen to happen */
  started: z.boolean(),
  restarts: z.int(),
  /** `startedAt` of the tree whose end was judged, and what came of it */
  judged: z.string().nullable(),
  restartAt: z.string().nullable(),
});
export type JailRecord = z.infer<typeof JailRecord>;

/** Changes of one jail's record are made one after another. */
export class JailRecords {
  private readonly paths: WardenPaths;
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(paths: WardenPaths) {
    this.paths = paths;
  }

  async read(jailKey: string): Promise<JailRecord | null> {
    const text = await readTextIfThere(jailPaths(this.paths, jailKey).record);
    if (text === null) return null;
    try {
      return JailRecord.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  write(jailKey: string, record: JailRecord): Promise<void> {
    return this.inTurn(jailKey, () => this.store(jailKey, record));
  }

  /** Writes what the seen record becomes, unless somebody has written another one since it was read. */
  replace(jailKey: string, seen: JailRecord, record: JailRecord): Promise<void> {
    return this.inTurn(jailKey, async () => {
      const now = await this.read(jailKey);
      if (JSON.stringify(now) === JSON.stringify(seen)) await this.store(jailKey, record);
    });
  }

  private inTurn(jailKey: string, act: () => Promise<void>): Promise<void> {
    const turn = (this.tails.get(jailKey) ?? Promise.resolve()).then(act);
    this.tails.set(
      jailKey,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async store(jailKey: string, record: JailRecord): Promise<void> {
    const { directory, record: path } = jailPaths(this.paths, jailKey);
    await makePrivateDirectory(directory);
    await writeDurably(path, JSON.stringify(JailRecord.parse(record)));
  }

  /** Keys of all jails that have a directory here, or one that was put aside and is not removed yet. */
  async keys(): Promise<string[]> {
    const names = await readdir(this.paths.jails).catch(() => [] as string[]);
    const keys = names.map((name) => (name.startsWith(GONE) ? name.slice(GONE.length) : name));
    return [...new Set(keys)].filter((key) => /^[a-z2-7]{8}$/.test(key));
  }
}

import { readTextIfThere, writeDurably } from './durable-file.ts';

/**
 * Which wish of each object has been made true (or refused) already. A step for an object whose wish is
 * settled is the host's own doing (boot, restart policy, repair) and its receipt names no cause.
 */
export class Settled {
  private readonly path: string;
  private readonly accountedFor: () => Promise<void>;
  private readonly causes: Map<string, string>;
  private stored: string;

  private constructor(path: string, text: string | null, accountedFor: () => Promise<void>) {
    this.path = path;
    this.accountedFor = accountedFor;
    this.stored = text ?? '{}';
    this.causes = new Map(Object.entries(parse(this.stored)));
  }

  /** `accountedFor` rejects while what was done is not in the history: until then nothing is settled. */
  static async open(path: string, accountedFor: () => Promise<void>): Promise<Settled> {
    return new Settled(path, await readTextIfThere(path), accountedFor);
  }

  has(key: string, cause: string | null): boolean {
    return cause !== null && this.causes.get(key) === cause;
  }

  add(key: string, cause: string): void {
    this.causes.set(key, cause);
  }

  /** Forgets objects that the spec no longer names, and stores what changed. */
  async store(keys: ReadonlySet<string>): Promise<void> {
    await this.accountedFor();
    for (const key of this.causes.keys())
      if (!keys.has(key.replace(/^refused /, ''))) this.causes.delete(key);
    const text = JSON.stringify(Object.fromEntries([...this.causes].sort()));
    if (text === this.stored) return;
    await writeDurably(this.path, text);
    this.stored = text;
  }
}

function parse(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

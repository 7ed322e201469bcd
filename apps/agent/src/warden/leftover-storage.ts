import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostSpec, jailsOf } from '@cellblock/shared/host-spec';
import type { HostCheck } from '@cellblock/shared/host-status';
import { GONE } from './paths.ts';
import { removeTree } from './remove-tree.ts';
import type { WardenHost } from './warden-host.ts';

/**
 * Storage that was put aside to be removed, of jails that nobody names any more: a crash cut it short, and no
 * plan comes back to it. It may be large, or refuse to go, and nothing waits for it.
 */
export class LeftoverStorage {
  private readonly host: WardenHost;
  private readonly spec: () => HostSpec | null;
  /** by path: why it stays */
  private stays = new Map<string, string>();
  private sweeping: Promise<void> | null = null;

  constructor(host: WardenHost, spec: () => HostSpec | null) {
    this.host = host;
    this.spec = spec;
  }

  /** Resolves when what lies there now is gone or has refused to go; never throws. */
  sweep(): Promise<void> {
    this.sweeping ??= this.removeAll()
      .catch((error) => console.error('leftover storage could not be looked for:', error))
      .finally(() => {
        this.sweeping = null;
      });
    return this.sweeping;
  }

  /** What could not be removed; null: nothing. */
  check(): HostCheck | null {
    const [first] = this.stays;
    if (!first) return null;
    const [path, why] = first;
    const more = this.stays.size > 1 ? ` (and ${this.stays.size - 1} more)` : '';
    return {
      id: 'leftover-storage',
      title: 'Storage of removed jails',
      verdict: 'warn',
      evidence: `${path} could not be removed: ${why}${more}`,
      lost: 'files of a jail that was destroyed lie there still; it is tried again every minute',
      fix: `chattr -R -f -i -a ${path}; rm -rf --one-file-system -- ${path}`,
    };
  }

  private async removeAll(): Promise<void> {
    const { jails } = this.host.paths;
    const planned = new Set(purged(this.spec()));
    const names = (await readdir(jails)).filter((name) => name.startsWith(GONE));
    const paths = names
      .filter((name) => !planned.has(name.slice(GONE.length)))
      .map((name) => join(jails, name));
    for (const path of this.stays.keys()) if (!paths.includes(path)) this.stays.delete(path);
    await Promise.all(
      paths.map(async (path) => {
        try {
          await removeTree(path);
          this.stays.delete(path);
        } catch (error) {
          const why = lastLine(error);
          if (this.stays.get(path) !== why) console.error(`${path} could not be removed: ${why}`);
          this.stays.set(path, why);
        }
      }),
    );
  }
}

/** Keys of jails whose plan removes their storage. */
function purged(spec: HostSpec | null): string[] {
  if (!spec) return [];
  return jailsOf(spec).flatMap((jail) => (jail.wanted === 'destroyed' && jail.purge ? [jail.key] : []));
}

/** What the program said last, after the line that was run. */
function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trimEnd().split('\n').at(-1) ?? text;
}

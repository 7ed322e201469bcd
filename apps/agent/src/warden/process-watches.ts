import type { HostState } from '@cellblock/shared/host-state';
import { jailPaths } from './paths.ts';
import { pause } from './pause.ts';
import type { WardenHost } from './warden-host.ts';

/** The end of each pid 1 is heard; a watch is kept for as long as the process runs. */
export class ProcessWatches {
  private readonly host: WardenHost;
  private readonly ended: (jailKey: string) => void;
  private readonly watched = new Map<string, AbortController>();

  constructor(host: WardenHost, ended: (jailKey: string) => void) {
    this.host = host;
    this.ended = ended;
  }

  follow(state: HostState): void {
    for (const { key, process } of state.jails) {
      if (process?.state !== 'running' || this.watched.has(key)) continue;
      const watch = new AbortController();
      this.watched.set(key, watch);
      void this.host.trees
        .wait({ runDirectory: jailPaths(this.host.paths, key).run, signal: watch.signal })
        // Without its end being heard, the jail is looked at again, but not in a tight circle.
        .catch(() => pause(1_000))
        .finally(() => {
          this.watched.delete(key);
          if (!watch.signal.aborted) this.ended(key);
        });
    }
  }

  stop(): void {
    for (const watch of this.watched.values()) watch.abort();
  }
}

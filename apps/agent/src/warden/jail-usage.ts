import type { HostState } from '@cellblock/shared/host-state';
import type { JailSeen } from '@cellblock/shared/host-status';
import { cgroupName } from '@cellblock/shared/owned-names';
import { dataDisk } from './data-disk.ts';
import { boundedStorages, storageUse } from './project-storage.ts';
import type { WardenHost } from './warden-host.ts';

const GOOD_FOR_MS = 2_000;
/** What a report may spend on looks: a dozen files for each jail would keep the agent of a thousand busy. */
const AT_MOST_MS = 50;

type Usage = JailSeen['usage'];

/** What running jails use. A burst of reports costs one look; where there are many jails, each report looks at
 *  those that were looked at longest ago, and the others are as they were. */
export class JailUsage {
  private readonly host: WardenHost;
  private readonly known = new Map<string, { at: number; usage: Usage }>();

  constructor(host: WardenHost) {
    this.host = host;
  }

  /** By jail key; a jail that was not looked at yet is not in it. */
  async of(state: HostState): Promise<Map<string, Usage>> {
    const now = this.host.now().getTime();
    const grouped = new Set(
      // One that has ended keeps its group for a while: it may have been killed for its memory
      state.jails.filter(({ process, cgroup }) => process && cgroup).map(({ key }) => key),
    );
    for (const key of this.known.keys()) if (!grouped.has(key)) this.known.delete(key);
    const at = (key: string) => this.known.get(key)?.at ?? 0;
    const stale = [...grouped].filter((key) => now - at(key) >= GOOD_FOR_MS).sort((a, b) => at(a) - at(b));
    const began = performance.now();
    const counted = stale.length === 0 ? new Map() : boundedStorages(this.host);
    for (const key of stale) {
      if (performance.now() - began > AT_MOST_MS) break;
      this.known.set(key, { at: now, usage: await this.look(key, counted.has(key)) });
    }
    return new Map([...this.known].map(([key, { usage }]) => [key, usage]));
  }

  private async look(key: string, isCounted: boolean): Promise<Usage> {
    const name = cgroupName(this.host.instance, key);
    const device = await dataDisk(this.host);
    const used = await this.host.kernel.readCgroupUsage({ name, device }).catch(() => null);
    if (used === null) return null;
    const stored = isCounted ? await storageUse(this.host, key) : null;
    return { at: this.host.now().toISOString(), ...used, ...stored };
  }
}

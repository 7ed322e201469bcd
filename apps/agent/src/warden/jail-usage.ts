import type { HostState } from '@cellblock/shared/host-state';
import type { JailSeen } from '@cellblock/shared/host-status';
import { cgroupName } from '@cellblock/shared/owned-names';
import type { WardenHost } from './warden-host.ts';

const GOOD_FOR_MS = 2_000;

type Usage = JailSeen['usage'];

/** What running jails use, looked at anew after a while: a burst of reports costs one look. */
export class JailUsage {
  private readonly host: WardenHost;
  private known = new Map<string, { at: number; usage: Usage }>();

  constructor(host: WardenHost) {
    this.host = host;
  }

  /** By jail key. */
  async of(state: HostState): Promise<Map<string, Usage>> {
    const now = this.host.now().getTime();
    const running = state.jails.filter(({ process }) => process?.state === 'running');
    const entries = await Promise.all(
      running.map(async ({ key }) => {
        const known = this.known.get(key);
        if (known && now - known.at < GOOD_FOR_MS) return [key, known] as const;
        return [key, { at: now, usage: await this.look(key) }] as const;
      }),
    );
    this.known = new Map(entries);
    return new Map(entries.map(([key, { usage }]) => [key, usage]));
  }

  private async look(key: string): Promise<Usage> {
    const name = cgroupName(this.host.instance, key);
    const group = await this.host.kernel.readCgroup({ name }).catch(() => null);
    if (!group) return null;
    const { memoryBytes, cpuSeconds, pids } = group.usage;
    return { memoryBytes, cpuSeconds, pids };
  }
}

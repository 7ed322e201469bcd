import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WARDEN_ENVIRONMENT, WARDEN_FLAGS } from '@cellblock/agent/supervisor/node-flags';
import {
  type AddressSpec,
  type JailSpec,
  type NetworkSpec,
  type SpecObject,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../../apps/agent/test/spec-builders.ts';
import { Stand } from '../../apps/agent/test/stand.ts';

/** One network for all: 65,533 addresses, and no more than 1,023 ports (the bridge's own limit). */
const LAN = networkSpec(1, {
  subnets: [
    { prefix: '10.78.0.0/16', gateway: '10.78.0.1' },
    { prefix: 'fd78::/64', gateway: 'fd78::1' },
  ],
});

export interface BenchJail {
  jail: JailSpec;
  addresses: AddressSpec[];
}

/** A host with its agent, as a dashboard sees it: differences of the spec in, receipts and status out. */
export class AgentHost {
  readonly stand: Stand;
  private readonly root: string;
  private readonly objects = new Map<string, SpecObject>();
  private nextJail = 1;
  private nextAddress = 1;

  private constructor(stand: Stand, root: string) {
    this.stand = stand;
    this.root = root;
  }

  /** `root`: the directory that every jail has as its root. */
  static async open(o: { root: string; main: string; flags?: readonly string[] }): Promise<AgentHost> {
    const bounds = `rootPrefixes: [${dirname(o.root)}]\nmaxJails: 4000\n`;
    const host = new AgentHost(
      await Stand.open({
        bounds,
        program: { main: o.main, env: WARDEN_ENVIRONMENT, flags: [...WARDEN_FLAGS, ...(o.flags ?? [])] },
      }),
      o.root,
    );
    await host.stand.start();
    await host.put([LAN]);
    return host;
  }

  /** A jail with one v4 and one v6 address that runs `command`; it is put by `put`. */
  jail(command: string[] | null, network: NetworkSpec | null = LAN): BenchJail {
    const n = this.nextJail++;
    const jail = jailSpec(n, {
      interfaces: network ? [interfaceSpec(n, network)] : [],
      settings: {
        command,
        restart: 'no',
        root: { kind: 'dir', path: this.root },
        stopTimeoutMs: 0,
      },
    });
    const addresses = network ? [this.address(jail, 4), this.address(jail, 6)] : [];
    return { jail, addresses };
  }

  /** The next free address for a jail. */
  address(jail: JailSpec, family: 4 | 6): AddressSpec {
    const n = this.nextAddress++;
    const host = n + 10;
    return family === 4
      ? addressSpec(n, jail, `10.78.${host >> 8}.${host & 255}`, { prefixLength: 16 })
      : addressSpec(n, jail, `fd78::${(host + 0x1000).toString(16)}`);
  }

  /** The difference to what is wanted, as the dashboard sends it; resolves when the host has accepted it. */
  async put(changed: SpecObject[], removed: SpecObject[] = []): Promise<void> {
    const first = this.objects.size === 0;
    for (const object of changed) this.objects.set(specKey(object), object);
    for (const object of removed) this.objects.delete(specKey(object));
    const { testDashboard } = this.stand;
    const answer = await testDashboard.put(
      await this.stand.dashboard(),
      [...this.objects.values()],
      first ? undefined : { changed, removed: removed.map(specKey) },
    );
    if (answer.result !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  }

  /** Everything is as it is wanted. */
  async settled(ms = 120_000): Promise<HostStatus> {
    const wanted = this.stand.testDashboard.generation;
    return this.stand.until('settled', ({ converged }) => converged === wanted, ms);
  }

  /** Jails and their addresses are ended, and forgotten once the host has confirmed it. */
  async destroy(jails: BenchJail[]): Promise<void> {
    await this.put(destroyed(jails));
    await this.settled(900_000);
    await this.forget(jails);
  }

  forget(jails: BenchJail[]): Promise<void> {
    return this.put(
      [],
      jails.flatMap(({ jail, addresses }) => [jail, ...addresses]),
    );
  }

  runDirectory(jail: JailSpec): string {
    return `${this.stand.paths.jails}/${jail.key}/run`;
  }

  get journal(): string {
    return `${this.stand.paths.ledger}/journal.jsonl`;
  }

  close(): Promise<void> {
    return this.stand.close();
  }
}

export function objectsOf(jails: BenchJail[]): SpecObject[] {
  return jails.flatMap(({ jail, addresses }) => [jail, ...addresses]);
}

export function destroyed(jails: BenchJail[]): SpecObject[] {
  return jails.flatMap(({ jail, addresses }): SpecObject[] => [
    { ...jail, wanted: 'destroyed', purge: true },
    ...addresses.map((address): AddressSpec => ({ ...address, wanted: 'absent' })),
  ]);
}

export async function madeDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

import type { Link } from '@cellblock/native/kernel';
import { isKernelError } from '@cellblock/native/kernel-error';
import type { HostState } from '@cellblock/shared/host-state';
import { cgroupParent, netnsDirectory, nftTableName } from '@cellblock/shared/owned-names';
import { BRIDGE_SETTINGS, differs, PORT_SETTINGS, settingKey } from '@cellblock/shared/plan/settings';
import { jailsOnFiles } from '../file-storage.ts';
import { GUARD_RULES, NAT_RULES } from '../guard-ruleset.ts';
import { boundedStorages } from '../project-storage.ts';
import { isOnStage } from '../stage/stage-key.ts';
import type { WardenHost } from '../warden-host.ts';
import { elementsOf, readNftTable } from './nft-table.ts';
import { observeHidepid } from './observe-hidepid.ts';
import { ownIds } from './observe-ids.ts';
import { observeJail } from './observe-jail.ts';
import { storageIsSafe } from './observe-storage.ts';

const FORWARDING = ['ipv4.conf.all.forwarding', 'ipv6.conf.all.forwarding'] as const;

/** Which jails to look into; the others are taken as they were known. */
export interface Scope {
  known: HostState;
  jails: ReadonlySet<string>;
}

/** The kernel, our records and our files, as they are now; nothing of a stranger. */
export async function observeHost(host: WardenHost, scope: Scope | null = null): Promise<HostState> {
  const { kernel, instance } = host;
  const table = nftTableName(instance);
  const [links, addresses, neighbours, forwarding, guardListing, natListing] = await Promise.all([
    kernel.listLinks({}),
    kernel.listAddresses({}),
    kernel.listNeighbours({}),
    kernel.listForwarding({}),
    kernel.listNftTable({ family: 'bridge', table }),
    kernel.listNftTable({ family: 'inet', table }),
  ]);
  const guard = readNftTable(guardListing);
  const nat = readNftTable(natListing);
  const bridges = links.filter((link) => link.name.startsWith(`b${instance}`) && link.kind === 'bridge');
  const ports = links.filter((link) => link.name.startsWith(`v${instance}`) && link.kind === 'veth');
  const portMacs = new Map(ports.map((port) => [port.name, port.mac]));
  const bridgeNames = new Set(bridges.map((bridge) => bridge.name));

  return {
    at: host.now().toISOString(),
    instance,
    guard: {
      installed: guard?.rules === GUARD_RULES,
      ports: elementsOf(guard, 'ports').flatMap((parts) => parts.slice(0, 1)),
      addresses: [...elementsOf(guard, 'source4'), ...elementsOf(guard, 'source6')].map(
        ([port = '', mac = '', address = '']) => ({ port, mac, address }),
      ),
    },
    nat: {
      installed: nat?.rules === NAT_RULES,
      subnets: [
        ...elementsOf(nat, 'nat4').map(([subnet = '']) => withLength(subnet, 32)),
        ...elementsOf(nat, 'nat6').map(([subnet = '']) => withLength(subnet, 128)),
      ],
    },
    bridges: await Promise.all(
      bridges.map(async (bridge) => ({
        name: bridge.name,
        up: bridge.up,
        addresses: addresses.filter(({ link }) => link === bridge.name).map(({ prefix }) => prefix),
        settings: await readSettings(host, BRIDGE_SETTINGS, bridge.name),
      })),
    ),
    ports: await Promise.all(ports.map((port) => portState(host, port, scope))),
    // A port's own address is in the table too; it is not one that we put there.
    forwarding: forwarding.filter(({ port, mac }) => portMacs.has(port) && portMacs.get(port) !== mac),
    neighbours: neighbours.flatMap(({ link, address, mac, state }) =>
      state === 'permanent' && mac !== null && bridgeNames.has(link) ? [{ link, address, mac }] : [],
    ),
    jails: await observeJails(host, scope),
    hostSettings: [...(await forwardingSettings(host)), ...(await observeHidepid(host))],
    raisesLimits: await kernel.mayRaiseLimits({}),
  };
}

function withLength(subnet: string, bits: number): string {
  return subnet.includes('/') ? subnet : `${subnet}/${bits}`;
}

async function portState(host: WardenHost, port: Link, scope: Scope | null) {
  const known = scope?.known.ports.find(({ name }) => name === port.name)?.settings;
  return {
    name: port.name,
    up: port.up,
    master: port.master,
    flags: port.port,
    // A port that was seen before it was finished is read again, whoever is asked about.
    settings:
      known && asWanted(known, port.name) ? known : await readSettings(host, PORT_SETTINGS, port.name),
  };
}

function asWanted(settings: Readonly<Record<string, string>>, link: string): boolean {
  return Object.entries(PORT_SETTINGS).every(
    ([pattern, value]) => !differs(settings, settingKey(pattern, link), value),
  );
}

async function observeJails(host: WardenHost, scope: Scope | null): Promise<HostState['jails']> {
  const { kernel, instance } = host;
  const [namespaces, groups, recorded, ids, safe] = await Promise.all([
    kernel.listNetns({ directory: netnsDirectory(instance) }),
    kernel.listCgroups({ parent: cgroupParent(instance) }),
    host.records.keys(),
    ownIds(host),
    storageIsSafe(host),
  ]);
  const keys = new Set([...namespaces, ...groups, ...recorded, ...ids.keys()]);
  const spec = host.spec();
  const onFiles = jailsOnFiles(host);
  const bounded = boundedStorages(host);
  const planned = [...keys].filter((key) => !isOnStage(key, spec) && !host.throwAway.has(key)).sort();
  return Promise.all(
    planned.map(async (key) => {
      const known = scope?.jails.has(key) ? undefined : scope?.known.jails.find((jail) => jail.key === key);
      if (known) return known;
      return observeJail(host, {
        key,
        idBase: ids.get(key) ?? null,
        pinned: namespaces.includes(key),
        grouped: groups.includes(key),
        recorded: recorded.includes(key),
        safe,
        onFile: onFiles.has(key),
        bounded: bounded.get(key) ?? null,
      });
    }),
  );
}

async function forwardingSettings(host: WardenHost): Promise<HostState['hostSettings']> {
  const allowed = host.mayChange();
  const settings = await Promise.all(
    FORWARDING.map(async (key) => {
      const value = await readSetting(host, key);
      const names = [`net.${key}`, ...(key === 'ipv4.conf.all.forwarding' ? ['net.ipv4.ip_forward'] : [])];
      return { key, value, mayChange: names.some((name) => allowed.includes(name)) };
    }),
  );
  return settings.filter(({ value }) => value !== '');
}

/** The settings of one link; one that this kernel does not have reads as empty. */
async function readSettings(
  host: WardenHost,
  patterns: Readonly<Record<string, string>>,
  link: string,
): Promise<Record<string, string>> {
  const keys = Object.keys(patterns).map((pattern) => settingKey(pattern, link));
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await readSetting(host, key)])));
}

export async function readSetting(host: WardenHost, key: string, netns?: string): Promise<string> {
  try {
    const value = await host.kernel.readSysctl({ ...(netns === undefined ? {} : { netns }), key });
    return value.trim();
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENODEV', 'EINVAL')) return '';
    throw error;
  }
}

import { parseIp } from '@cellblock/shared/ip-address';
import { nftTableName } from '@cellblock/shared/owned-names';

/**
 * The guard: what a jail's port may send. Only frames that come in through ports in `ports` are judged; each
 * of its chains ends in drop, so that what nobody thought of (tags, tunnels, unknown protocols) is dropped
 * too (security.md, F10). Frames of strangers pass untouched: the base chain accepts.
 */
const CHAINS: Record<string, string[]> = {
  guard: [
    'ether type arp goto guard_arp',
    'ether type ip goto guard_ip',
    'ether type ip6 goto guard_ip6',
    'drop',
  ],
  guard_arp: [
    // Both the frame's sender and the sender that the ARP names must be the port's own.
    'arp htype 1 arp ptype 0x0800 arp hlen 6 arp plen 4 iifname . ether saddr . arp saddr ip != @source4 drop',
    'arp htype 1 arp ptype 0x0800 arp hlen 6 arp plen 4 iifname . arp saddr ether . arp saddr ip @source4 accept',
    'drop',
  ],
  guard_ip: [
    // Nobody in a jail is a DHCP server or a router.
    'udp sport 67 drop',
    'icmp type { redirect, router-advertisement } drop',
    'iifname . ether saddr . ip saddr @source4 accept',
    'drop',
  ],
  guard_ip6: [
    // Extension headers hide what follows TCP (6), UDP (17) and ICMPv6 (58). In numbers: the names come from
    // /etc/protocols, which a bare Debian does not have, and without the guard no jail starts.
    'ip6 nexthdr != { 6, 17, 58 } drop',
    'udp sport 547 drop',
    'icmpv6 type { nd-router-advert, nd-redirect, router-renumbering } drop',
    'icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @target6 drop',
    'iifname . ether saddr . ip6 saddr @source6 accept',
    'drop',
  ],
  prerouting: ['iifname @ports goto guard'],
};

/** Number of rules in a whole guard: fewer means that somebody flushed a chain. */
export const GUARD_RULES = Object.values(CHAINS).flat().length;
export const NAT_RULES = 4;

/** Installs the guard, or mends it in one transaction: elements stay, no frame passes in between. */
export function guardRuleset(instance: string): string {
  const table = `bridge ${nftTableName(instance)}`;
  const chains = Object.keys(CHAINS);
  return [
    `add table ${table}`,
    `add set ${table} ports { type ifname; }`,
    `add set ${table} source4 { type ifname . ether_addr . ipv4_addr; }`,
    `add set ${table} source6 { type ifname . ether_addr . ipv6_addr; }`,
    // nftables 1.0.6 has no word for the target of an advertisement: 16 bytes, 8 after the ICMPv6 header begins.
    `add set ${table} target6 { typeof iifname . @th,64,128; }`,
    ...chains.map((chain) =>
      chain === 'prerouting'
        ? `add chain ${table} prerouting { type filter hook prerouting priority -300; policy accept; }`
        : `add chain ${table} ${chain}`,
    ),
    ...chains.map((chain) => `flush chain ${table} ${chain}`),
    ...Object.entries(CHAINS).flatMap(([chain, rules]) =>
      rules.map((rule) => `add rule ${table} ${chain} ${rule}`),
    ),
    '',
  ].join('\n');
}

/**
 * Masquerades what leaves the subnets in its sets by a link that is none of our bridges, and lets in from there
 * only what belongs to a conversation that a jail began: who has a route to the host would reach every jail
 * else, though the network says that it reaches this host only.
 */
export function natRuleset(instance: string): string {
  const table = `inet ${nftTableName(instance)}`;
  const fromOutside = `iifname != "b${instance}*" ct state != { established, related } drop`;
  return [
    `add table ${table}`,
    `add set ${table} nat4 { type ipv4_addr; flags interval; }`,
    `add set ${table} nat6 { type ipv6_addr; flags interval; }`,
    `add chain ${table} postrouting { type nat hook postrouting priority 100; policy accept; }`,
    `flush chain ${table} postrouting`,
    `add rule ${table} postrouting ip saddr @nat4 oifname != "b${instance}*" masquerade`,
    `add rule ${table} postrouting ip6 saddr @nat6 oifname != "b${instance}*" masquerade`,
    `add chain ${table} forward { type filter hook forward priority 0; policy accept; }`,
    `flush chain ${table} forward`,
    `add rule ${table} forward ip daddr @nat4 ${fromOutside}`,
    `add rule ${table} forward ip6 daddr @nat6 ${fromOutside}`,
    '',
  ].join('\n');
}

type Verb = 'add' | 'delete';

export function guardPortRuleset(instance: string, verb: Verb, port: string): string {
  return `${verb} element bridge ${nftTableName(instance)} ports { "${port}" }\n`;
}

export function guardAddressRuleset(
  instance: string,
  verb: Verb,
  entry: { port: string; mac: string; address: string },
): string {
  const { port, mac, address } = entry;
  const table = `bridge ${nftTableName(instance)}`;
  const ip = parseIp(address);
  if (ip.type === 'error') throw new TypeError(ip.message);
  const source = ip.type === 'v4' ? 'source4' : 'source6';
  const lines = [`${verb} element ${table} ${source} { "${port}" . ${mac} . ${address} }`];
  if (ip.type === 'v6') {
    const target = `0x${ip.value.toString(16).padStart(32, '0')}`;
    lines.push(`${verb} element ${table} target6 { "${port}" . ${target} }`);
  }
  return `${lines.join('\n')}\n`;
}

export function natSubnetRuleset(instance: string, verb: Verb, subnet: string): string {
  const set = subnet.includes(':') ? 'nat6' : 'nat4';
  return `${verb} element inet ${nftTableName(instance)} ${set} { ${subnet} }\n`;
}

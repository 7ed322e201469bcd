/**
 * What each kind of link is set to, and why (platform K4). Keys are as Kernel.writeSysctl takes them; `%` is
 * the link's name.
 */

/** Fresh namespaces: ports below 1024 and ping without a capability; nobody inside redirects or advertises
 *  routes; announcements on a real segment come from the kernel itself. `default` is inherited by new links. */
export const NETNS_SETTINGS: Readonly<Record<string, string>> = {
  'ipv4.ip_unprivileged_port_start': '0',
  'ipv4.ping_group_range': '0\t2147483647',
  'ipv4.conf.all.accept_redirects': '0',
  'ipv4.conf.default.accept_redirects': '0',
  'ipv4.conf.default.arp_notify': '1',
  // Without it, releasing the first address of a subnet would take the others with it.
  'ipv4.conf.all.promote_secondaries': '1',
  'ipv6.conf.all.accept_redirects': '0',
  'ipv6.conf.default.accept_redirects': '0',
  'ipv6.conf.default.accept_ra': '0',
  'ipv6.conf.default.ndisc_notify': '1',
};

/** Our own bridge answers for every jail and routes between them; it asks and believes nobody. */
export const BRIDGE_SETTINGS: Readonly<Record<string, string>> = {
  'ipv4.conf.%.proxy_arp_pvlan': '1',
  'ipv4.neigh.%.proxy_delay': '0',
  'ipv4.conf.%.send_redirects': '0',
  'ipv4.conf.%.forwarding': '1',
  'ipv6.conf.%.accept_ra': '0',
  'ipv6.conf.%.forwarding': '1',
  // Linux 6.17: v6 between jails is routed without making the whole host a router.
  'ipv6.conf.%.force_forwarding': '1',
};

/** A port is no link of the host's: it has no addresses and hears no router. */
export const PORT_SETTINGS: Readonly<Record<string, string>> = {
  'ipv6.conf.%.accept_ra': '0',
  'ipv6.conf.%.disable_ipv6': '1',
  // Frames to 01:80:c2:00:00:0x reach the host's stack through the port itself, past the bridge and its guard:
  // on a link without addresses no source is the right one.
  'ipv4.conf.%.rp_filter': '1',
};

/** Ports of our own bridges: tables come from the assignments alone. */
export const OWN_PORT_FLAGS = {
  isolated: true,
  learning: false,
  flood: false,
  mcastFlood: false,
  bcastFlood: false,
} as const;

/** The router address of every own bridge: the same on all, so that a v6 route never depends on a subnet. */
export const BRIDGE_LINK_LOCAL = 'fe80::1';

/** `%` filled in. A name with a dot would read as two parts, so the parts are then separated by slashes. */
export function settingKey(pattern: string, link: string): string {
  if (!link.includes('.')) return pattern.replace('%', link);
  return pattern.replaceAll('.', '/').replace('%', link);
}

/** Whether a setting is to be written. One that the kernel does not have was read as empty. */
export function differs(
  settings: Readonly<Record<string, string>> | undefined,
  key: string,
  value: string,
): boolean {
  return settings?.[key] !== value && settings?.[key] !== '';
}

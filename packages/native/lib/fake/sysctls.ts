import type { Kernel } from '../kernel.ts';
import { sysctlPath } from '../sysctl-path.ts';
import { type FakeNamespace, refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

/** Values of a new namespace on Linux 6; what is not named here does not exist. */
const GLOBAL: Record<string, string> = {
  'ipv4/ip_forward': '0',
  'ipv4/ip_unprivileged_port_start': '1024',
  'ipv4/ping_group_range': '1\t0',
  'ipv4/ip_nonlocal_bind': '0',
};
const PER_LINK: Record<string, Record<string, string>> = {
  'ipv4/conf': {
    accept_local: '0',
    accept_redirects: '1',
    accept_source_route: '0',
    arp_announce: '0',
    arp_ignore: '0',
    arp_notify: '0',
    forwarding: '0',
    promote_secondaries: '0',
    proxy_arp: '0',
    proxy_arp_pvlan: '0',
    route_localnet: '0',
    rp_filter: '0',
    secure_redirects: '1',
    send_redirects: '1',
  },
  'ipv6/conf': {
    accept_dad: '1',
    accept_ra: '1',
    accept_redirects: '1',
    addr_gen_mode: '0',
    autoconf: '1',
    disable_ipv6: '0',
    forwarding: '0',
    keep_addr_on_down: '0',
    ndisc_notify: '0',
    proxy_ndp: '0',
  },
  'ipv4/neigh': { base_reachable_time_ms: '30000', gc_stale_time: '60', proxy_delay: '80' },
  'ipv6/neigh': { base_reachable_time_ms: '30000', gc_stale_time: '60', proxy_delay: '80' },
};

/** The value that holds for a key, undefined when no such file is there. */
function lookUp(namespace: FakeNamespace, path: string): string | undefined {
  const own = namespace.sysctls.get(path) ?? GLOBAL[path];
  if (own !== undefined) return own;
  const [family, table, link = '', key = '', ...more] = path.split('/');
  const initial = PER_LINK[`${family}/${table}`]?.[key];
  const isLink = namespace.links.some((one) => one.name === link);
  if (initial === undefined || more.length > 0) return undefined;
  if (!isLink && link !== 'default' && (link !== 'all' || table === 'neigh')) return undefined;
  return (isLink ? namespace.sysctls.get(`${family}/${table}/default/${key}`) : undefined) ?? initial;
}

export function readSysctl(world: World, o: Options<'readSysctl'>): string {
  const path = sysctlPath(o.key);
  const step = `read sysctl net/${path}`;
  return lookUp(world.enter(o.netns, step), path) ?? refuse(step, 'ENOENT');
}

export function writeSysctl(world: World, o: Options<'writeSysctl'>) {
  const path = sysctlPath(o.key);
  const step = `write ${o.value} to sysctl net/${path}`;
  const namespace = world.enter(o.netns, step);
  if (lookUp(namespace, path) === undefined) refuse(step, 'ENOENT');
  if (!/^-?\d+([ \t]+-?\d+)*$/.test(o.value)) refuse(step, 'EINVAL');
  keepWhatLinksHave(namespace, path);
  namespace.sysctls.set(path, o.value.replaceAll(' ', '\t'));
  if (path === 'ipv4/ip_forward' || path === 'ipv4/conf/all/forwarding')
    forwardEverywhere(namespace, o.value);
}

/** A new v6 default holds for links to come only; a v4 default also for those that were never set. */
function keepWhatLinksHave(namespace: FakeNamespace, path: string) {
  const [family, table, link, key] = path.split('/');
  if (link !== 'default' || `${family}/${table}` !== 'ipv6/conf') return;
  for (const { name } of namespace.links) {
    const own = `${family}/${table}/${name}/${key}`;
    const value = lookUp(namespace, own);
    if (value !== undefined) namespace.sysctls.set(own, value);
  }
}

/** The switch for the namespace moves that of every link. */
function forwardEverywhere(namespace: FakeNamespace, value: string) {
  namespace.sysctls.set('ipv4/ip_forward', value);
  for (const name of ['all', 'default', ...namespace.links.map((link) => link.name)]) {
    namespace.sysctls.set(`ipv4/conf/${name}/forwarding`, value);
  }
}

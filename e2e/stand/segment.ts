import { randomBytes } from 'node:crypto';
import { mustRun, runProgram } from './run-program.ts';
import { standPrefix } from './stand-name.ts';

/**
 * Network namespaces on one segment: *site* holds dashboard, test runner and Chromium, *outside* is a plain
 * client with nothing of ours; hosts and strangers join. `bridge` in site is the segment, as an administrator
 * would have made it.
 */
export interface Segment {
  /** name of site's namespace; file of it in `site` */
  name: string;
  site: string;
  outside: string;
  bridge: string;
  subnet: string;
  subnet6: string;
  siteAddress: string;
  outsideAddress: string;
  outsideAddress6: string;
  /** A further machine: its link `eth0` hangs on the segment, and nothing else is in it. */
  join(name: string): Promise<Joined>;
  remove(): Promise<void>;
}

/** A machine on the segment. */
export interface Joined {
  /** file of its network namespace */
  netns: string;
  /** its name, for `ip -n` */
  name: string;
  /** its port on the segment, in site */
  port: string;
}

const NET4 = '10.99.0';
const NET6 = 'fd99::';

/** Addresses of the machine with this number: 11 is 10.99.0.11 and fd99::11. */
export const addressesOf = (number: number) => ({ v4: `${NET4}.${number}`, v6: `${NET6}${number}` });

export async function makeSegment(): Promise<Segment> {
  const id = randomBytes(3).toString('hex');
  const joined: string[] = [];
  const nameOf = (machine: string) => `${standPrefix}${id}-${machine}`;
  const [site, outside] = [nameOf('site'), nameOf('outside')];
  const ip = (netns: string, ...words: string[]) => mustRun(['ip', '-n', netns, ...words]);
  const segment: Segment = {
    name: site,
    site: `/run/netns/${site}`,
    outside: `/run/netns/${outside}`,
    bridge: 'seg0',
    subnet: `${NET4}.0/24`,
    subnet6: `${NET6}/64`,
    siteAddress: addressesOf(1).v4,
    outsideAddress: addressesOf(250).v4,
    outsideAddress6: addressesOf(250).v6,
    join: async (machine) => {
      const port = `${machine.slice(0, 11)}-up`;
      await addNamespace(nameOf(machine));
      // As a network card's: a random one may be higher than a jail's port's, and a bridge takes its lowest.
      const mac = `02:ce:11:00:00:${(joined.length + 16).toString(16)}`;
      const peer = ['peer', 'name', 'eth0', 'address', mac, 'netns', nameOf(machine)];
      const veth = ['type', 'veth', ...peer];
      await ip(site, 'link', 'add', port, 'master', 'seg0', ...veth);
      await ip(site, 'link', 'set', port, 'up');
      await ip(nameOf(machine), 'link', 'set', 'eth0', 'up');
      return { netns: `/run/netns/${nameOf(machine)}`, name: nameOf(machine), port };
    },
    remove: async () => {
      // The links die with their namespaces.
      for (const name of joined.reverse()) await runProgram(['ip', 'netns', 'del', name]);
    },
  };
  const addNamespace = async (name: string) => {
    await mustRun(['ip', 'netns', 'add', name]);
    joined.push(name);
    // Nobody else is on the segment: an address is there at once.
    await mustRun(['sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad'], {
      netns: `/run/netns/${name}`,
    });
    await ip(name, 'link', 'set', 'lo', 'up');
  };
  try {
    await addNamespace(site);
    await ip(site, 'link', 'add', 'seg0', 'type', 'bridge');
    await ip(site, 'link', 'set', 'seg0', 'up');
    await ip(site, 'addr', 'add', `${segment.siteAddress}/24`, 'dev', 'seg0');
    await ip(site, 'addr', 'add', `${addressesOf(254).v6}/64`, 'dev', 'seg0', 'nodad');
    await segment.join('outside');
    await giveAddresses(outside, 'eth0', 250);
    // The way back to jails behind the site's own bridges.
    await ip(outside, 'route', 'add', 'default', 'via', segment.siteAddress);
    return segment;
  } catch (error) {
    await segment.remove();
    throw error;
  }
}

/** Both addresses of a machine's number on one of its links. */
export async function giveAddresses(name: string, link: string, number: number): Promise<void> {
  const { v4, v6 } = addressesOf(number);
  await mustRun(['ip', '-n', name, 'addr', 'add', `${v4}/24`, 'dev', link]);
  await mustRun(['ip', '-n', name, 'addr', 'add', `${v6}/64`, 'dev', link, 'nodad']);
}

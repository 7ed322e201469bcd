import { randomBytes } from 'node:crypto';
import { mustRun, runProgram } from './run-program.ts';
import { standPrefix } from './stand-name.ts';

/**
 * Two network namespaces on one segment: *site* holds dashboard, agent and Chromium, *outside* is a plain
 * client with nothing of ours. `bridge` in site is the segment, as an administrator would have made it.
 */
export interface Segment {
  site: string;
  outside: string;
  bridge: string;
  subnet: string;
  siteAddress: string;
  outsideAddress: string;
  remove(): Promise<void>;
}

export async function makeSegment(): Promise<Segment> {
  const id = randomBytes(3).toString('hex');
  const [site, outside] = [`${standPrefix}${id}-site`, `${standPrefix}${id}-outside`];
  const segment: Segment = {
    site: `/run/netns/${site}`,
    outside: `/run/netns/${outside}`,
    bridge: 'seg0',
    subnet: '10.99.0.0/24',
    siteAddress: '10.99.0.1',
    outsideAddress: '10.99.0.250',
    remove: async () => {
      // The links die with their namespaces.
      for (const name of [outside, site]) await runProgram(['ip', 'netns', 'del', name]);
    },
  };
  const ip = (netns: string, ...words: string[]) => mustRun(['ip', '-n', netns, ...words]);
  try {
    for (const name of [site, outside]) {
      await mustRun(['ip', 'netns', 'add', name]);
      await ip(name, 'link', 'set', 'lo', 'up');
    }
    await ip(site, 'link', 'add', 'seg0', 'type', 'bridge');
    await ip(
      site,
      'link',
      'add',
      'out0',
      'master',
      'seg0',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      outside,
    );
    await ip(site, 'addr', 'add', `${segment.siteAddress}/24`, 'dev', 'seg0');
    await ip(outside, 'addr', 'add', `${segment.outsideAddress}/24`, 'dev', 'eth0');
    for (const link of ['seg0', 'out0']) await ip(site, 'link', 'set', link, 'up');
    await ip(outside, 'link', 'set', 'eth0', 'up');
    // The way back to jails behind the site's own bridges.
    await ip(outside, 'route', 'add', 'default', 'via', segment.siteAddress);
    return segment;
  } catch (error) {
    await segment.remove();
    throw error;
  }
}

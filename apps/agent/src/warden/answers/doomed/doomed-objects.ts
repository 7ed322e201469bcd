import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { cgroupParent, netnsDirectory, netnsPath } from '@cellblock/shared/owned-names';
import { wardenPaths } from '../../paths.ts';
import type { WardenHost } from '../../warden-host.ts';
import type { DoomedAgent } from './doomed-agent.ts';

/** Everything that the agent which is killed has in the kernel and on the disk, one line per object. */
export async function doomedObjects(host: WardenHost, agent: DoomedAgent): Promise<string[]> {
  const { kernel } = host;
  const { instance, netns, directory } = agent;
  const pins = await kernel.listNetns({ directory: netnsDirectory(instance) });
  const networks = await Promise.all(
    [['host', netns] as const, ...pins.map((key) => [key, netnsPath(instance, key)] as const)].map(
      async ([where, path]) => {
        // A pin that was killed on its way in leads nowhere yet.
        const [links, addresses] = await Promise.all([
          kernel.listLinks({ netns: path }),
          kernel.listAddresses({ netns: path }),
        ]).catch(() => [[], []]);
        return [
          ...links.map(({ name }) => `${where}: link ${name}`),
          ...addresses.map(({ link, prefix }) => `${where}: address ${prefix} on ${link}`),
        ];
      },
    ),
  );
  const parent = cgroupParent(instance);
  const groups = await Promise.all(
    (await kernel.listCgroups({ parent })).map(async (name) => {
      const group = await kernel.readCgroup({ name: `${parent}/${name}` });
      return `group ${name} with ${group?.pids.length} processes, whole ${group?.whole}`;
    }),
  );
  const claims = (await host.ids.list()).filter((claim) => claim.instance === instance);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target.startsWith(`${directory}/`) || target.includes(`/${instance}/`));
  const tables = await kernel.listNftTables({ netns });
  const jails = await readdir(wardenPaths(directory).jails).catch(() => []);
  return [
    ...pins.map((key) => `network namespace ${key}`),
    ...networks.flat(),
    ...groups,
    ...claims.map(({ jailKey }) => `ids of ${jailKey}`),
    ...mounts.map((target) => `mount ${target}`),
    ...tables.map(({ family, table }) => `nft table ${family} ${table}`),
    ...jails.map((name) => `directory ${name}`),
  ].sort();
}

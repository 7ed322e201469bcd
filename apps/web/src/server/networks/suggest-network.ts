import { prefixesOverlap } from '@cellblock/shared/subnet';
import type { Db } from '../db.ts';
import { findHost } from '../find-object.ts';
import { subnetInTheWay } from './subnet-in-the-way.ts';

/** A name and a private /24 that nothing of ours and nothing of the host has. */
export async function suggestNetwork(
  db: Db,
  input: { host?: string | undefined },
): Promise<{ name: string; subnet: string; nat: true }> {
  const hosts = input.host
    ? [await findHost(db, input.host)]
    : await db.host.findMany({ where: { state: { not: 'removed' } } });
  const live = await db.networkSubnet.findMany({ where: { live: true } });
  const names = new Set((await db.network.findMany({ where: { removedAt: null } })).map(({ name }) => name));
  let name = 'lan';
  for (let n = 2; names.has(name); n += 1) name = `lan${n}`;
  const subnet = candidates().find(
    (prefix) =>
      !live.some((taken) => prefixesOverlap(taken.prefix, prefix)) &&
      !hosts.some((host) => subnetInTheWay(host, prefix, null)),
  );
  return { name, subnet: subnet ?? '10.20.0.0/24', nat: true };
}

/** 10.20 to 10.219 first: away from what routers, VPNs and container engines take by themselves. */
function candidates(): string[] {
  const ten = Array.from({ length: 200 }, (_, n) => `10.${20 + n}.0.0/24`);
  const more = Array.from({ length: 256 }, (_, n) => [`172.31.${n}.0/24`, `192.168.${255 - n}.0/24`]).flat();
  return [...ten, ...more];
}

import { parseIp } from '@cellblock/shared/ip-address';
import { prefixContains } from '@cellblock/shared/subnet';
import type { Db } from '../db.ts';
import { readAddress } from '../ip-assignments/address-view.ts';
import { loadJails } from '../jails/queries.ts';

export interface Found {
  type: 'jail' | 'host' | 'network' | 'pool' | 'address' | 'task' | 'user';
  id: string;
  name: string;
  detail: string;
}

const LIMIT = 20;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** Objects by what a person would paste: an address, a MAC, a uuid, a name or a part of it. Exact ones first. */
export async function searchAll(db: Db, text: string): Promise<Found[]> {
  const q = text.trim().toLowerCase();
  if (q === '') return [];
  const found: Found[] = [];
  const ip = parseIp(q);
  if (ip.type !== 'error') {
    const view = await readAddress(db, ip.address, 1);
    const holder = view.current ?? view.history[0];
    const who = holder
      ? `${view.current ? '' : 'last '}${holder.jail.name} on ${holder.host.name}`
      : 'never used';
    found.push({ type: 'address', id: ip.address, name: ip.address, detail: `${view.state}, ${who}` });
  }
  for (const jail of await loadJails(db, { includeDestroyed: true })) {
    const addresses = jail.addresses.map(({ address }) => address);
    if (![jail.name, jail.id, ...addresses].some((word) => word.includes(q))) continue;
    found.push({
      type: 'jail',
      id: jail.id,
      name: jail.name,
      detail: [jail.state, jail.host.name, ...addresses.slice(0, 2)].join(' · '),
    });
  }
  for (const host of await db.host.findMany({ where: { state: { not: 'removed' } } })) {
    if ([host.name, host.id].some((word) => word.includes(q)))
      found.push({ type: 'host', id: host.id, name: host.name, detail: host.fingerprint });
  }
  const networks = await db.network.findMany({
    where: { removedAt: null },
    include: { subnets: true, pools: { where: { removedAt: null } } },
  });
  for (const network of networks) {
    const subnets = network.subnets.map(({ prefix }) => prefix);
    const around = ip.type !== 'error' && subnets.some((prefix) => prefixContains(prefix, ip.address));
    if (around || [network.name, network.id, ...subnets].some((word) => word.includes(q)))
      found.push({ type: 'network', id: network.id, name: network.name, detail: subnets.join(', ') });
    for (const pool of network.pools) {
      if ([pool.name, pool.id].some((word) => word.includes(q)))
        found.push({ type: 'pool', id: pool.id, name: pool.name, detail: `${pool.first} to ${pool.last}` });
    }
  }
  if (MAC.test(q)) {
    for (const nic of await db.jailInterface.findMany({ where: { mac: q }, include: { jail: true } })) {
      const { id, name, goneAt } = nic.jail;
      if (goneAt === null)
        found.push({ type: 'jail', id, name, detail: `${nic.name} of it has MAC ${nic.mac}` });
    }
  }
  const number = /^t-(\d{1,9})$/.exec(q)?.[1];
  const task = number ? await db.task.findUnique({ where: { id: Number(number) } }) : null;
  if (task)
    found.push({
      type: 'task',
      id: `T-${task.id}`,
      name: `T-${task.id}`,
      detail: `${task.kind} of ${task.objectName}`,
    });
  const rank = ({ id, name }: Found) => (name === q || id === q ? 0 : name.startsWith(q) ? 1 : 2);
  return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).slice(0, LIMIT);
}

/** People by a part of their name. Names stand in the history, which everybody who is signed in can read. */
export async function searchPeople(db: Db, text: string): Promise<Found[]> {
  const users = await db.user.findMany({
    where: { username: { contains: text.trim().toLowerCase() } },
    orderBy: { username: 'asc' },
    take: LIMIT,
  });
  return users.map(({ id, username, role }) => ({ type: 'user', id, name: username, detail: role }));
}

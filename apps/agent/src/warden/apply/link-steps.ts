import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import { netnsPath, portMac } from '@cellblock/shared/owned-names';
import type { WardenHost } from '../warden-host.ts';
import { dissolved } from './dissolved.ts';
import { type Executor, gone, made } from './fact.ts';

export const createLink: Executor<'link.create'> = async (host, step) => {
  const { port, bridge, link, mac } = step;
  const netns = netnsPath(host.instance, step.jail);
  const fact = { port, bridge, link, mac };
  const peer = { name: link, netns, mac };
  const create = () => host.kernel.createVeth({ name: port, mac: portMac(mac), master: bridge, peer });
  // To look first would cost a look at all links of the host for each of a thousand jails.
  try {
    await create();
    return { before: null, after: fact };
  } catch (error) {
    if (!isKernelError(error, 'EEXIST')) throw error;
  }
  // One end without the other cannot be mended, only made anew; a whole pair is what was asked for.
  const [outside, inside] = await Promise.all([host.kernel.listLinks({}), host.kernel.listLinks({ netns })]);
  const outer = outside.some(({ name }) => name === port);
  const inner = inside.some(({ name }) => name === link);
  if (outer && inner) return { before: fact, after: fact };
  if (outer) await gone(host.kernel.deleteLink({ name: port }), null, 'ENODEV');
  if (inner) await gone(host.kernel.deleteLink({ netns, name: link }), null, 'ENODEV');
  return made(create(), fact);
};

export const attachLink: Executor<'link.attach'> = (host, { port, bridge }) =>
  made(host.kernel.setLink({ name: port, master: bridge, up: true }), { port, bridge });

export const setLinkFlags: Executor<'link.flags'> = (host, { port, flags }) => {
  const set = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return made(host.kernel.setBridgePort({ name: port, flags: set }), { port, ...set });
};

export const setLinkSetting: Executor<'link.setting'> = (host, { key, value }) =>
  made(host.kernel.writeSysctl({ key, value }), { [key]: value }, 'ENOENT');

export const bringLinkUp: Executor<'link.up'> = (host, { jail, link }) =>
  made(host.kernel.setLink({ netns: netnsPath(host.instance, jail), name: link, up: true }), {
    link,
    up: true,
  });

export const removeLink: Executor<'link.remove'> = async (host, { port, dissolves }) => {
  if (dissolves && (await dissolved(host, port))) return { before: { port }, after: null };
  return gone(host.kernel.deleteLink({ name: port }), { port }, 'ENODEV');
};

export const addAddress: Executor<'address.add'> = async (host, step) => {
  const netns = netnsPath(host.instance, step.jail);
  const { link, prefix, address, segment, mac } = step;
  if (segment !== null && !lostHereJustNow(host, address)) await refuseConflict(host, segment, address, mac);
  if (segment !== null) globalThis.crashHere?.('warden found an address free');
  const applied = await made(host.kernel.addAddress({ netns, link, prefix }), { link, prefix }, 'EEXIST');
  if (segment !== null) globalThis.crashHere?.('warden added an address unannounced');
  // The kernel announces what a link carries when its hardware address is set (arp_notify, ndisc_notify).
  if (segment !== null) await host.kernel.setLink({ netns, name: link, mac });
  return applied;
};

export const removeAddress: Executor<'address.remove'> = async (host, { jail, link, prefix }) => {
  const applied = await gone(
    host.kernel.deleteAddress({ netns: netnsPath(host.instance, jail), link, prefix }),
    { link, prefix },
    'EADDRNOTAVAIL',
    'ENODEV',
    'ENOENT',
  );
  lostHere.set(host, (lostHere.get(host) ?? new Map()).set(prefix.split('/')[0] ?? '', performance.now()));
  return applied;
};

/** When a jail of this host lost which address. */
const lostHere = new WeakMap<WardenHost, Map<string, number>>();
const LOST_JUST_NOW_MS = 2_000;

/**
 * In a move on one host nobody else can hold the address: this host has answered for it until now. To ask the
 * segment first would only make the gap longer.
 */
function lostHereJustNow(host: WardenHost, address: string): boolean {
  const at = lostHere.get(host)?.get(address);
  lostHere.get(host)?.delete(address);
  return at !== undefined && performance.now() - at < LOST_JUST_NOW_MS;
}

export const addRoute: Executor<'route.add'> = (host, { jail, link, destination, gateway }) => {
  const route = { destination, link, ...(gateway === null ? {} : { gateway }) };
  return made(host.kernel.addRoute({ netns: netnsPath(host.instance, jail), route }), route, 'EEXIST');
};

export const removeRoute: Executor<'route.remove'> = (host, { jail, link, destination, gateway }) => {
  const route = { destination, link, ...(gateway === null ? {} : { gateway }) };
  return gone(
    host.kernel.deleteRoute({ netns: netnsPath(host.instance, jail), route }),
    route,
    'ESRCH',
    'ENODEV',
    'ENOENT',
  );
};

const PROBE_MS = 400;
const PROBE_STEP_MS = 20;

/** Asks a real segment who has the address; anybody but the jail itself is in the way. */
async function refuseConflict(host: WardenHost, link: string, address: string, mac: string): Promise<void> {
  // What the host remembers may be the jail that it was moved from: only an answer given now counts.
  await gone(host.kernel.deleteNeighbour({ link, address }), null, 'ENOENT', 'ENODEV');
  await host.kernel.probeNeighbour({ link, address });
  for (let waited = 0; waited < PROBE_MS; waited += PROBE_STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, PROBE_STEP_MS));
    const answer = (await host.kernel.listNeighbours({ link })).find((entry) => entry.address === address);
    if (answer?.state === 'failed') return;
    if (answer?.state !== 'reachable' || answer.mac === null) continue;
    if (answer.mac === mac) return;
    throw new KernelError(
      `add address ${address}`,
      'EADDRINUSE',
      98,
      `${answer.mac} on ${link} answers for ${address}: release it there, or assign another address`,
    );
  }
}

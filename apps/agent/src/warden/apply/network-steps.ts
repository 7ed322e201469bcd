import {
  guardAddressRuleset,
  guardPortRuleset,
  guardRuleset,
  natRuleset,
  natSubnetRuleset,
} from '../guard-ruleset.ts';
import { type Executor, gone, made } from './fact.ts';
import { applyTogether as nft } from './nft-together.ts';

export const installGuard: Executor<'guard.install'> = (host) =>
  made(nft(host, guardRuleset(host.instance)), { guard: 'installed' });

export const installNat: Executor<'nat.install'> = (host) =>
  made(nft(host, natRuleset(host.instance)), { nat: 'installed' });

export const addNat: Executor<'nat.add'> = (host, { subnet }) =>
  made(nft(host, natSubnetRuleset(host.instance, 'add', subnet)), { subnet }, 'EEXIST');

export const removeNat: Executor<'nat.remove'> = (host, { subnet }) =>
  gone(nft(host, natSubnetRuleset(host.instance, 'delete', subnet)), { subnet }, 'ENOENT');

export const createBridge: Executor<'bridge.create'> = (host, { bridge, mac }) =>
  made(host.kernel.createBridge({ name: bridge, mac }), { bridge, mac }, 'EEXIST');

export const bringBridgeUp: Executor<'bridge.up'> = (host, { bridge }) =>
  made(host.kernel.setLink({ name: bridge, up: true }), { bridge, up: true });

/** Setting what this kernel does not have would fail for ever, and nothing rests on it there. */
export const setBridge: Executor<'bridge.setting'> = (host, { key, value }) =>
  made(host.kernel.writeSysctl({ key, value }), { [key]: value }, 'ENOENT');

export const addBridgeAddress: Executor<'bridge.address.add'> = (host, { bridge, prefix }) =>
  made(host.kernel.addAddress({ link: bridge, prefix }), { bridge, prefix }, 'EEXIST');

export const removeBridgeAddress: Executor<'bridge.address.remove'> = (host, { bridge, prefix }) =>
  gone(host.kernel.deleteAddress({ link: bridge, prefix }), { bridge, prefix }, 'EADDRNOTAVAIL', 'ENODEV');

export const removeBridge: Executor<'bridge.remove'> = (host, { bridge }) =>
  gone(host.kernel.deleteLink({ name: bridge }), { bridge }, 'ENODEV');

export const addGuardPort: Executor<'guard.port.add'> = (host, { port }) =>
  made(nft(host, guardPortRuleset(host.instance, 'add', port)), { port }, 'EEXIST');

export const removeGuardPort: Executor<'guard.port.remove'> = (host, { port }) =>
  gone(nft(host, guardPortRuleset(host.instance, 'delete', port)), { port }, 'ENOENT');

export const addGuardAddress: Executor<'guard.address.add'> = (host, { port, mac, address }) => {
  const entry = { port, mac, address };
  return made(nft(host, guardAddressRuleset(host.instance, 'add', entry)), entry, 'EEXIST');
};

export const removeGuardAddress: Executor<'guard.address.remove'> = (host, { port, mac, address }) => {
  const entry = { port, mac, address };
  return gone(nft(host, guardAddressRuleset(host.instance, 'delete', entry)), entry, 'ENOENT');
};

export const addNeighbour: Executor<'neighbour.add'> = (host, { bridge, address, mac }) =>
  made(host.kernel.replaceNeighbour({ link: bridge, address, mac }), { bridge, address, mac });

export const removeNeighbour: Executor<'neighbour.remove'> = (host, { bridge, address }) =>
  gone(host.kernel.deleteNeighbour({ link: bridge, address }), { bridge, address }, 'ENOENT', 'ENODEV');

export const addForwarding: Executor<'forwarding.add'> = (host, { port, mac }) =>
  made(host.kernel.replaceForwarding({ port, mac }), { port, mac });

export const removeForwarding: Executor<'forwarding.remove'> = (host, { port, mac }) =>
  gone(host.kernel.deleteForwarding({ port, mac }), { port, mac }, 'ENOENT', 'ENODEV');

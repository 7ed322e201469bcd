import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callAddon } from './addon.ts';
import type { Kernel } from './kernel.ts';
import { tablesInListing } from './nft-listing.ts';
import { sysctlPath } from './sysctl-path.ts';

type Network = Pick<
  Kernel,
  | 'createNetns'
  | 'removeNetns'
  | 'listNetns'
  | 'createBridge'
  | 'createVeth'
  | 'deleteLink'
  | 'setLink'
  | 'setBridgePort'
  | 'listLinks'
  | 'addAddress'
  | 'deleteAddress'
  | 'listAddresses'
  | 'addRoute'
  | 'deleteRoute'
  | 'listRoutes'
  | 'replaceNeighbour'
  | 'deleteNeighbour'
  | 'listNeighbours'
  | 'probeNeighbour'
  | 'replaceForwarding'
  | 'deleteForwarding'
  | 'listForwarding'
  | 'writeSysctl'
  | 'readSysctl'
  | 'applyNft'
  | 'listNftTable'
  | 'listNftTables'
>;

/** The verbs on namespaces, links and what they carry, and on filters, each done by the addon. */
export const linuxNetwork: Network = {
  async createNetns({ path }) {
    await mkdir(dirname(path), { recursive: true });
    await callAddon('createNetns', { path });
  },
  removeNetns: (o) => callAddon('removeNetns', o),
  listNetns: (o) => callAddon('listNetns', o),

  createBridge: (o) => callAddon('createBridge', o),
  createVeth: (o) => callAddon('createVeth', o),
  deleteLink: (o) => callAddon('deleteLink', o),
  setLink: (o) => callAddon('setLink', o),
  setBridgePort: (o) => callAddon('setBridgePort', o),
  listLinks: (o) => callAddon('listLinks', o),

  addAddress: (o) => callAddon('addAddress', o),
  deleteAddress: (o) => callAddon('deleteAddress', o),
  listAddresses: (o) => callAddon('listAddresses', o),

  addRoute: (o) => callAddon('addRoute', o),
  deleteRoute: (o) => callAddon('deleteRoute', o),
  listRoutes: (o) => callAddon('listRoutes', o),

  replaceNeighbour: (o) => callAddon('replaceNeighbour', o),
  deleteNeighbour: (o) => callAddon('deleteNeighbour', o),
  async listNeighbours({ netns, link }) {
    const all = await callAddon<Awaited<ReturnType<Kernel['listNeighbours']>>>('listNeighbours', { netns });
    return link === undefined ? all : all.filter((neighbour) => neighbour.link === link);
  },
  probeNeighbour: (o) => callAddon('probeNeighbour', o),

  replaceForwarding: (o) => callAddon('replaceForwarding', o),
  deleteForwarding: (o) => callAddon('deleteForwarding', o),
  async listForwarding({ netns, bridge }) {
    const all = await callAddon<Awaited<ReturnType<Kernel['listForwarding']>>>('listForwarding', { netns });
    return bridge === undefined ? all : all.filter((entry) => entry.bridge === bridge);
  },

  writeSysctl: ({ netns, key, value }) => callAddon('writeSysctl', { netns, path: sysctlPath(key), value }),
  readSysctl: ({ netns, key }) => callAddon('readSysctl', { netns, path: sysctlPath(key) }),

  applyNft: (o) => callAddon('applyNft', o),
  async listNftTable({ netns, family, table }) {
    const command = `list table ${family} ${table}`;
    const listing = await callAddon<string | null>('listNft', { netns, command });
    return listing === null ? null : (JSON.parse(listing) as unknown);
  },
  async listNftTables({ netns }) {
    const listing = await callAddon<string | null>('listNft', { netns, command: 'list tables' });
    return listing === null ? [] : tablesInListing(JSON.parse(listing));
  },
};

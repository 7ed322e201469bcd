import { readFile } from 'node:fs/promises';
import type { Check } from './host-check.ts';

const sysctl = async (key: string) =>
  (await readFile(`/proc/sys/${key.replaceAll('.', '/')}`, 'utf8').catch(() => '')).trim();

function forwardingCheck(id: string, title: string, key: string, lost: string): Check {
  return {
    id,
    title,
    async look() {
      const value = await sysctl(key);
      if (value === '1') return { verdict: 'have', evidence: `${key} = 1` };
      return {
        verdict: 'warn',
        evidence: value === '' ? `${key} does not exist` : `${key} = ${value}`,
        lost,
        fix: `sysctl -w ${key}=1`,
      };
    },
  };
}

const bridgeFilter: Check = {
  id: 'bridge-nf-call',
  title: 'Bridged packets pass no foreign filter',
  async look() {
    const value = await sysctl('net.bridge.bridge-nf-call-iptables');
    if (value !== '1') return { verdict: 'have', evidence: 'net.bridge.bridge-nf-call-iptables is off' };
    return {
      verdict: 'warn',
      evidence: 'net.bridge.bridge-nf-call-iptables = 1',
      lost: 'a forward filter of another program (ufw, Docker) also judges packets between jails of one bridge',
      fix: 'sysctl -w net.bridge.bridge-nf-call-iptables=0',
    };
  },
};

interface ChainObject {
  chain?: { family: string; table: string; name: string; hook?: string; policy?: string };
}

/** A filter that drops what is forwarded kills our routed traffic whatever we accept (platform.md K4). */
const foreignForwardDrop: Check = {
  id: 'foreign-forward-drop',
  title: 'No foreign filter drops forwarded packets',
  async look({ kernel, isOurTable }) {
    const dropping: string[] = [];
    for (const { family, table } of await kernel.listNftTables({})) {
      if (isOurTable(table) || (family !== 'inet' && family !== 'ip' && family !== 'ip6')) continue;
      const listed = (await kernel.listNftTable({ family: family as 'inet', table })) as {
        nftables?: ChainObject[];
      } | null;
      for (const { chain } of listed?.nftables ?? []) {
        if (chain?.hook === 'forward' && chain.policy === 'drop')
          dropping.push(`${family} ${table} ${chain.name}`);
      }
    }
    if (dropping.length === 0) return { verdict: 'have', evidence: 'no forward chain with policy drop' };
    return {
      verdict: 'warn',
      evidence: `policy drop: ${dropping.join(', ')}`,
      lost: 'jails reach neither each other nor the outside, though everything here is in order',
      fix: dropping.map((chain) => `nft list chain ${chain}`).join('; '),
    };
  },
};

const nftables: Check = {
  id: 'nftables',
  title: 'nftables',
  async look({ kernel }) {
    const tables = await kernel.listNftTables({});
    return {
      verdict: 'have',
      evidence: `answers; ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`,
    };
  },
};

export const NETWORK_CHECKS: readonly Check[] = [
  nftables,
  forwardingCheck(
    'ip-forward',
    'IPv4 forwarding',
    'net.ipv4.ip_forward',
    'jails on a bridge of our own reach each other, but not the outside; a network with NAT turns it on where the bounds name it',
  ),
  forwardingCheck(
    'ipv6-forward',
    'IPv6 forwarding',
    'net.ipv6.conf.all.forwarding',
    'jails reach neither each other nor the outside over IPv6',
  ),
  foreignForwardDrop,
  bridgeFilter,
];

import { type Attention, attentionKey } from './attention.ts';

export interface UnconfirmedAddress {
  address: string;
  jail: string;
  host: string;
  wantedUntil: Date;
  /** who closed its interval without the host's word */
  forcedBy: string | null;
}

export interface PoolFill {
  id: string;
  name: string;
  network: string;
  size: number;
  /** assigned, releasing or reserved */
  taken: number;
}

const NEARLY_FULL = 0.9;

/** What is releasing for long, was released by force, or is nearly full. */
export function attentionOfAddresses(
  addresses: readonly UnconfirmedAddress[],
  pools: readonly PoolFill[],
): Attention[] {
  return [
    ...addresses.map((row): Attention => {
      const object = { type: 'address', id: row.address, name: row.address } as const;
      const since = row.wantedUntil.toISOString();
      if (row.forcedBy !== null) {
        return {
          rule: 'address.unconfirmed',
          key: attentionKey('address.unconfirmed', object, row.host),
          severity: 'bad',
          text: `${row.forcedBy} took ${row.address} from ${row.jail} by force; host ${row.host} may still carry it`,
          since,
          object,
          fix: `Bring host ${row.host} back, or keep it off the network.`,
        };
      }
      return {
        rule: 'address.releasing',
        key: attentionKey('address.releasing', object),
        severity: 'warn',
        text: `${row.address} of ${row.jail} is releasing: host ${row.host} has not confirmed that it is gone`,
        since,
        object,
        fix: `Bring host ${row.host} back; it confirms by itself.`,
      };
    }),
    ...pools
      .filter(({ size, taken }) => taken >= size * NEARLY_FULL)
      .map((pool): Attention => {
        const object = { type: 'pool', id: pool.id, name: pool.network } as const;
        const left = Math.max(0, pool.size - pool.taken);
        return {
          rule: 'pool.full',
          key: attentionKey('pool.full', object),
          severity: left === 0 ? 'bad' : 'warn',
          text: `pool ${pool.name} of network ${pool.network} ${left === 0 ? 'is full' : `has ${left} of ${pool.size} addresses left`}`,
          since: null,
          object,
          fix: `cellblock pool create ${pool.name}-2 --network ${pool.network} --range FIRST-LAST`,
        };
      }),
  ];
}

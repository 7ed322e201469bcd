import { networkDocument, poolDocument } from '@cellblock/shared/document';
import { formatDuration } from '@cellblock/shared/duration';
import type { NetworkView, PoolView } from '@cellblock/shared/views/network-view';
import { momentText } from '../output/moment.ts';
import { keyValues, type Printable } from '../output/print.ts';

export function networkTable(networks: readonly NetworkView[]): Printable {
  return {
    data: networks,
    headings: ['NAME', 'KIND', 'SUBNETS', 'REACH', 'NAT', 'JAILS', 'FREE'],
    rows: networks.map((network) => [
      network.name,
      network.parent === null ? network.kind : `${network.kind} on ${network.parent}`,
      network.subnets.map((subnet) => subnet.prefix).join(', '),
      network.reachText,
      network.nat ? 'yes' : 'no',
      String(network.jails),
      network.pools.map((pool) => pool.counts.free).join(', '),
    ]),
    names: networks.map((network) => network.name),
  };
}

export function networkDetail(network: NetworkView): Printable {
  return keyValues(
    networkDocument(network),
    [network.name],
    [
      ['name', network.name],
      ['kind', network.kind],
      ['reach', network.reachText],
      ...network.subnets.map(
        (subnet) => ['subnet', `${subnet.prefix}, gateway ${subnet.gateway ?? 'none'}`] as const,
      ),
      ['nat', network.nat ? 'yes' : 'no'],
      ...network.hosts.map((host) => ['host', `${host.name}, ${host.seen ? 'seen' : 'wanted'}`] as const),
      ...network.pools.map(
        (pool) => ['pool', `${pool.name} ${pool.first}-${pool.last}, ${pool.counts.free} free`] as const,
      ),
      ['jails', String(network.jails)],
      ['id', network.id],
    ],
  );
}

export function poolTable(pools: readonly PoolView[]): Printable {
  return {
    data: pools,
    headings: ['NAME', 'NETWORK', 'RANGE', 'ASSIGNED', 'RELEASING', 'COOLING', 'RESERVED', 'FREE', 'NEXT'],
    rows: pools.map((pool) => [
      pool.name,
      pool.network.name,
      `${pool.first}-${pool.last}`,
      String(pool.counts.assigned),
      String(pool.counts.releasing),
      String(pool.counts.cooling),
      String(pool.counts.reserved),
      pool.counts.free,
      pool.next ?? '-',
    ]),
    names: pools.map((pool) => pool.name),
  };
}

export function poolDetail(pool: PoolView): Printable {
  return keyValues(
    poolDocument(pool),
    [pool.name],
    [
      ['name', pool.name],
      ['network', pool.network.name],
      ['range', `${pool.first}-${pool.last}`],
      ['cooling', formatDuration(pool.coolingSeconds * 1000)],
      ['free', `${pool.counts.free} of ${pool.counts.size}`],
      ['next', pool.next ?? 'none is free'],
      ...pool.reservations.map(
        (held) =>
          [
            'reserved',
            `${held.first}-${held.last}: ${held.reason} (by ${held.by}${held.until === null ? '' : `, until ${momentText(held.until)}`})`,
          ] as const,
      ),
      ['id', pool.id],
    ],
  );
}

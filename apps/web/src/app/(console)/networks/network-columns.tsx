import type { NetworkView } from '@cellblock/shared/views/network-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { type Column, NameCell } from '@/ui/data-table';
import { PoolBar } from './pool-bar';

export const networkColumns: readonly Column<NetworkView>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'w-[18%] max-sm:w-[50%]',
    cell: (network) => (
      <NameCell second={network.subnets[0]?.prefix}>
        <Link href={paths.network(network.name)} className="hover:underline">
          {network.name}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'subnets',
    header: 'Subnets',
    width: 'w-[22%]',
    from: 'sm',
    mono: true,
    cell: (network) => network.subnets.map((subnet) => subnet.prefix).join(', '),
  },
  { key: 'reach', header: 'Reach', from: 'md', cell: (network) => network.reachText },
  {
    key: 'nat',
    header: 'Outside',
    width: 'w-[10%]',
    from: 'lg',
    cell: (network) => (network.parent ? `via ${network.parent}` : network.nat ? 'NAT' : 'none'),
  },
  {
    key: 'use',
    header: 'Addresses',
    width: 'w-[22%] max-sm:w-[50%]',
    cell: (network) => <PoolBar pools={network.pools} />,
  },
  {
    key: 'jails',
    header: 'Jails',
    width: 'w-[64px]',
    align: 'right',
    from: 'sm',
    cell: (network) => network.jails,
  },
];

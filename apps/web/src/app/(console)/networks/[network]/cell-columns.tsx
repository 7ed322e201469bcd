import type { PoolCell } from '@cellblock/shared/views/network-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import type { Column } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { AddressStateBadge } from '../../../address-state-badge';

export const cellColumns: readonly Column<PoolCell>[] = [
  {
    key: 'address',
    header: 'Address',
    mono: true,
    cell: (cell) => (
      <span className="text-strong">{cell.count > 1 ? `${cell.first} +${cell.count - 1}` : cell.first}</span>
    ),
  },
  { key: 'state', header: 'State', cell: (cell) => <AddressStateBadge state={cell.state} /> },
  {
    key: 'holder',
    header: 'Holder',
    from: 'sm',
    cell: (cell) =>
      cell.holder ? (
        <Link href={paths.jail(cell.holder.name, 'network')} className="hover:underline">
          {cell.holder.name}
        </Link>
      ) : (
        '—'
      ),
  },
  {
    key: 'since',
    header: 'Since',
    from: 'md',
    cell: (cell) => (cell.since ? <Moment at={cell.since} /> : '—'),
  },
];

import { type Column, NameCell } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { bytesText } from '@/ui/number-text';
import { type ImageRow, shortDigits } from './image-rows';

/** What the panel beside the list says better. */
export const BESIDE = ['source', 'size', 'made'];

export const imageColumns: readonly Column<ImageRow>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'max-sm:w-[60%]',
    cell: (image) => (
      <NameCell second={`${image.host} · ${shortDigits(image.digest)}`}>{image.name}</NameCell>
    ),
  },
  { key: 'host', header: 'Host', width: 'w-[12%]', from: 'sm', mono: true, cell: ({ host }) => host },
  {
    key: 'digest',
    header: 'Digest',
    width: 'w-[118px]',
    from: 'sm',
    mono: true,
    cell: ({ digest }) => shortDigits(digest),
  },
  { key: 'source', header: 'Source', from: 'lg', cell: ({ source }) => source },
  {
    key: 'size',
    header: 'Size',
    width: 'w-[88px]',
    align: 'right',
    from: 'md',
    cell: ({ size }) => bytesText(size),
  },
  {
    key: 'jails',
    header: 'Used by',
    width: 'w-[84px] max-sm:w-[40%]',
    align: 'right',
    cell: ({ usedBy: { length } }) =>
      length === 0 ? (
        <span className="text-muted">no jail</span>
      ) : (
        `${length} ${length === 1 ? 'jail' : 'jails'}`
      ),
  },
  {
    key: 'made',
    header: 'Made',
    width: 'w-[148px]',
    align: 'right',
    from: 'md',
    cell: ({ created }) => <Moment at={created} className="text-muted" />,
  },
];

import type { PoolCell, PoolCells } from '@cellblock/shared/views/network-view';
import type { CellLook } from '@/ui/grid-cell';
import type { HeatCell } from '@/ui/heat-grid';
import { addressWord } from '../../../address-state-badge';

const looks: Record<PoolCell['state'], CellLook> = {
  free: 'empty',
  wanted: 'outlined',
  assigned: 'solid',
  releasing: 'halved',
  cooling: 'dashed',
  reserved: 'hatched',
  gateway: 'dark',
  host: 'dark',
  network: 'hatched',
  broadcast: 'hatched',
};

export const legend: readonly { look: CellLook; word: string }[] = [
  { look: 'solid', word: 'Assigned' },
  { look: 'outlined', word: 'Wanted' },
  { look: 'halved', word: 'Releasing' },
  { look: 'dashed', word: 'Cooling' },
  { look: 'hatched', word: 'Reserved' },
  { look: 'dark', word: 'Gateway or host' },
  { look: 'empty', word: 'Free' },
];

/** Runs of equal cells are one entry on the wire and one cell for each address on the screen. v4 only. */
export function heatCells({ cells }: PoolCells): HeatCell[] {
  return cells.flatMap((cell) =>
    Array.from({ length: cell.count }, (_, n) => {
      const address = v4After(cell.first, n);
      const holder = cell.holder ? ` ${cell.state === 'assigned' ? 'to' : 'by'} ${cell.holder.name}` : '';
      return {
        key: address,
        look: looks[cell.state],
        label: `${address}, ${addressWord(cell.state)}${holder}`,
      };
    }),
  );
}

function v4After(first: string, n: number): string {
  const value = first.split('.').reduce((all, part) => all * 256 + Number(part), 0) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

'use client';
import { memo } from 'react';
import { cx } from './cx';
import type { HeatCell } from './heat-grid';

/** solid: in use. outlined: asked for, not there yet. halved: leaving. hatched: kept back. dashed: resting. dark (with a hole): fixed. crossed: contested. */
export type CellLook = 'solid' | 'outlined' | 'halved' | 'empty' | 'hatched' | 'dashed' | 'dark' | 'crossed';

const looks: Record<CellLook, string> = {
  solid: 'border-transparent bg-accent-solid',
  outlined:
    'border-[1.5px] border-accent-solid bg-surface-base after:absolute after:inset-[32%] after:rounded-full after:bg-accent-solid',
  halved:
    'border-[1.5px] border-dashed border-accent-solid bg-[linear-gradient(135deg,var(--accent-solid)_0_50%,transparent_50%)]',
  empty: 'border-line-subtle bg-surface-sunken',
  hatched: 'hatched border-idle-mark',
  dashed: 'border-[1.5px] border-dashed border-warn-mark bg-transparent',
  dark: 'border-transparent bg-idle-mark after:absolute after:inset-[30%] after:rounded-[1px] after:bg-surface-base',
  crossed:
    'border-transparent bg-bad-solid after:absolute after:inset-x-1/4 after:top-1/2 after:h-0.5 after:-translate-y-1/2 after:rotate-45 after:bg-on-accent',
};

/** The look alone, for a legend. */
export function CellSwatch({ look }: { look: CellLook }) {
  return (
    <span aria-hidden className={cx('relative inline-block size-3 rounded-[3px] border', looks[look])} />
  );
}

interface GridCellProps {
  cell: HeatCell;
  selected: boolean;
  tabIndex: number;
  onSelect: (key: string) => void;
}

export const GridCell = memo(function GridCell({ cell, selected, tabIndex, onSelect }: GridCellProps) {
  return (
    <button
      type="button"
      aria-label={cell.label}
      aria-pressed={selected}
      title={cell.label}
      tabIndex={tabIndex}
      onClick={() => onSelect(cell.key)}
      className={cx(
        'relative aspect-square min-h-6 rounded-[3px] border',
        looks[cell.look],
        selected && 'outline-2 outline-offset-1 outline-focus-ring',
      )}
    />
  );
});

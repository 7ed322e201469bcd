'use client';
import { SlidersHorizontal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/ui/button';
import type { Density } from '@/ui/data-table';
import { Menu, MenuChecks, MenuChoice, MenuLine } from '@/ui/menu';
import { defaultColumns, jailColumns } from './jail-columns';

interface JailListMenuProps {
  columns: readonly string[];
  density: Density;
  onColumns: (keys: string[]) => void;
  onDensity: (density: Density) => void;
}

const from = { sm: 601, md: 900, lg: 1160 };

/** Which columns, how dense. A column that the width hides is marked here. */
export function JailListMenu({ columns, density, onColumns, onDensity }: JailListMenuProps) {
  const width = useWidth();
  return (
    <Menu
      trigger={
        <Button
          icon={<SlidersHorizontal aria-hidden />}
          className="h-8"
          aria-label="View: columns and density"
        >
          View
        </Button>
      }
    >
      <MenuChoice
        label="Rows"
        value={density}
        onChange={(next) => onDensity(next as Density)}
        options={[
          { value: 'compact', label: 'Compact' },
          { value: 'default', label: 'Default' },
          { value: 'comfortable', label: 'Comfortable' },
        ]}
      />
      <MenuLine />
      <MenuChecks
        label="Columns"
        checked={columns}
        onChange={(next) => onColumns(next.join() === defaultColumns.join() ? [] : next)}
        options={jailColumns
          .filter((column) => column.key !== 'name')
          .map((column) => ({
            value: column.key,
            label: String(column.header),
            note: column.from && width < from[column.from] && 'hidden at this width',
          }))}
      />
    </Menu>
  );
}

function useWidth(): number {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const measure = () => setWidth(window.innerWidth);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return width;
}

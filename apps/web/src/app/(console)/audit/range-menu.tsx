'use client';
import { Clock } from 'lucide-react';
import { Button } from '@/ui/button';
import { Menu, MenuChoice } from '@/ui/menu';
import { useZone } from '@/ui/zone';
import { ranges, rangeText, type TimeRange } from './time-range';

export function RangeMenu({
  from,
  range,
  onPick,
}: {
  from: string;
  range: TimeRange;
  onPick: (from: string) => void;
}) {
  const { zone } = useZone();
  return (
    <Menu
      trigger={
        <Button icon={<Clock aria-hidden />} className="h-8">
          <span suppressHydrationWarning>{rangeText(from, range, zone)}</span>
        </Button>
      }
    >
      <MenuChoice label="Range" value={from} options={ranges} onChange={onPick} />
    </Menu>
  );
}

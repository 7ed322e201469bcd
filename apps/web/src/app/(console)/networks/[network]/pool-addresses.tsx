'use client';
import type { PoolCells, PoolView } from '@cellblock/shared/views/network-view';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { useTRPC } from '@/trpc/client';
import { DataTable } from '@/ui/data-table';
import { CellSwatch } from '@/ui/grid-cell';
import { HeatGrid } from '@/ui/heat-grid';
import { countText } from '@/ui/number-text';
import { Panel } from '@/ui/panel';
import { Segmented } from '@/ui/segmented';
import { Loaded } from '../../../loaded';
import { cellColumns } from './cell-columns';
import { heatCells, legend } from './pool-heat-cells';

interface PoolAddressesProps {
  pool: PoolView;
  selected: string | null;
  onSelect: (address: string) => void;
}

const views = ['grid', 'list'] as const;

/** The pool address by address; the counts come with the cells, from the same query. */
export function PoolAddresses({ pool, selected, onSelect }: PoolAddressesProps) {
  const trpc = useTRPC();
  const cells = useQuery({
    ...trpc.pools.cells.queryOptions({ pool: pool.id }),
    placeholderData: keepPreviousData,
  });
  const [chosen, setView] = useQueryState('view', parseAsStringLiteral(views));
  const complete = cells.data?.complete ?? pool.family === 'v4';
  const view = complete ? (chosen ?? 'grid') : 'list';
  return (
    <Panel
      title="Addresses"
      meta={<span className="max-sm:hidden">{countsText(cells.data?.counts ?? pool.counts)}</span>}
      actions={
        complete && (
          <Segmented
            label="Show addresses as"
            value={view}
            onChange={(next) => void setView(next === 'grid' ? null : next)}
            options={[
              { value: 'grid', label: 'Grid' },
              { value: 'list', label: 'List' },
            ]}
          />
        )
      }
    >
      <Loaded query={cells} rows={8}>
        {(data) =>
          view === 'grid' ? (
            <Grid data={data} selected={selected} onSelect={onSelect} />
          ) : (
            <div className="p-3 pt-1">
              <DataTable
                label={`Addresses of ${pool.name} that are not free`}
                columns={cellColumns}
                rows={data.cells.filter((cell) => cell.state !== 'free')}
                rowKey={(cell) => cell.first}
                selectedKey={selected}
                onOpen={(cell) => onSelect(cell.first)}
                empty={
                  <p className="p-2 text-muted">
                    All addresses are free. {pool.next && `Next: ${pool.next}.`}
                  </p>
                }
              />
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Grid({
  data,
  selected,
  onSelect,
}: {
  data: PoolCells;
  selected: string | null;
  onSelect: (address: string) => void;
}) {
  const cells = useMemo(() => heatCells(data), [data]);
  return (
    <>
      <HeatGrid
        label={`Addresses of ${data.subnet}`}
        cells={cells}
        selectedKey={selected}
        onSelect={onSelect}
        endsWith={(address, typed) => address.split('.').at(-1) === typed}
      />
      <ul className="flex flex-wrap gap-x-3.5 gap-y-2 px-3 pb-3 text-small text-muted">
        {legend.map(({ look, word }) => (
          <li key={word} className="inline-flex items-center gap-1.5">
            <CellSwatch look={look} />
            {word}
          </li>
        ))}
      </ul>
    </>
  );
}

function countsText(counts: PoolView['counts']): string {
  const free = Number(counts.free);
  return [
    `${countText(counts.assigned)} assigned`,
    counts.releasing > 0 && `${countText(counts.releasing)} releasing`,
    counts.reserved > 0 && `${countText(counts.reserved)} reserved`,
    counts.cooling > 0 && `${countText(counts.cooling)} cooling`,
    `${free > 1e9 ? 'practically endless' : countText(free)} free`,
  ]
    .filter(Boolean)
    .join(' · ');
}

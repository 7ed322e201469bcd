'use client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'next/navigation';
import { createSerializer, parseAsString, useQueryState } from 'nuqs';
import { type ReactNode, useCallback } from 'react';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { FilterBar } from '@/ui/filter-bar';
import { countText } from '@/ui/number-text';
import { PageHeader } from '@/ui/page-header';
import { Segmented } from '@/ui/segmented';
import { ListBesideDetail } from '../../list-beside-detail';
import { placeFilterRefusal } from '../../place-refusal';
import { taskColumns } from './task-columns';

/** What the detail beside the list says anyway. */
const BESIDE = ['why', 'host', 'took', 'by'];

const CHOICES = [
  { value: '', label: 'All' },
  { value: 'open:yes', label: 'Open' },
  { value: 'state:waiting', label: 'Waiting for host' },
  { value: 'state:failed,refused', label: 'Failed' },
] as const;

const filterParser = parseAsString.withDefault('');
/** The filter is in the URL a moment after it was given out; what is opened next is beside it all the same. */
const withFilter = createSerializer({ q: filterParser });

export function TasksPage({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams().toString();
  const chosen = useParams<{ task?: string }>().task?.toUpperCase() ?? null;
  const [q, setQ] = useQueryState('q', filterParser);
  const setFilter = useCallback((next: string) => void setQ(next || null), [setQ]);
  const pages = useInfiniteQuery({
    ...trpc.tasks.search.infiniteQueryOptions(
      { q: q || undefined, limit: 100 },
      { getNextPageParam: (page) => page.next },
    ),
    placeholderData: keepPreviousData,
  });
  const rows = pages.data?.pages.flatMap((page) => page.tasks) ?? [];
  const counts = pages.data?.pages[0]?.counts;
  const refusal = placeFilterRefusal(pages.error, q, () => void pages.refetch());
  return (
    <>
      <PageHeader
        title="Tasks"
        meta={
          counts && (
            <>
              <span>{countText(counts.all)}</span>
              {counts.open > 0 && <span>{countText(counts.open)} open</span>}
              {counts.waiting > 0 && <span>{countText(counts.waiting)} waiting for a host</span>}
              {counts.failed > 0 && (
                <span className="text-bad-text">{countText(counts.failed)} failed in 24 h</span>
              )}
            </>
          )
        }
      />
      <div className="mb-2 flex gap-2 max-md:flex-col">
        <FilterBar
          label="Filter tasks"
          value={q}
          onChange={setFilter}
          placeholder="state:failed by:mira object:web-* host:fra1-* age<1h"
          error={refusal.atFilter}
        />
        <Segmented
          label="Which tasks"
          value={CHOICES.some(({ value }) => value === q) ? q : ('other' as string)}
          options={CHOICES}
          onChange={setFilter}
        />
      </div>
      <ListBesideDetail
        detail={chosen && children}
        pages={pages}
        refusal={refusal.rest}
        older="Show older tasks"
      >
        {pages.data && (
          <DataTable
            label="Tasks, newest first"
            columns={chosen ? taskColumns.filter(({ key }) => !BESIDE.includes(key)) : taskColumns}
            rows={rows}
            rowKey={(task) => task.id}
            selectedKey={chosen}
            onOpen={(task) =>
              router.push(withFilter(`${paths.task(task.id)}${search && `?${search}`}`, { q }), {
                scroll: false,
              })
            }
            empty={
              counts?.all === 0 ? (
                <EmptyState command="cellblock create web-1">
                  No task yet. Every change that a host has to carry out is one: it stays here with its steps,
                  as the host reports them.
                </EmptyState>
              ) : (
                <EmptyState
                  action={
                    <Button onClick={() => setFilter('')}>Show all {countText(counts?.all ?? 0)}</Button>
                  }
                >
                  No task matches this filter.
                </EmptyState>
              )
            }
          />
        )}
      </ListBesideDetail>
    </>
  );
}

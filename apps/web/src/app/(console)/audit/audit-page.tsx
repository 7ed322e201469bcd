'use client';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useParams, useSearchParams } from 'next/navigation';
import { type ReactNode, useCallback } from 'react';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { FilterBar } from '@/ui/filter-bar';
import { Histogram } from '@/ui/histogram';
import { PageHeader } from '@/ui/page-header';
import { eventColumns } from '../../event-columns';
import { ListBesideDetail } from '../../list-beside-detail';
import { placeFilterRefusal } from '../../place-refusal';
import { useAuditQuery, withAuditQuery } from './use-audit-query';

const ExportMenu = dynamic(() => import('./export-menu').then((module) => module.ExportMenu), { ssr: false });
const RangeMenu = dynamic(() => import('./range-menu').then((module) => module.RangeMenu), { ssr: false });

const BUCKETS = 96;
/** The host is told by the detail beside. */
const besideDetail = eventColumns.filter((column) => column.key !== 'host');

export function AuditPage({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams().toString();
  const chosen = useParams<{ seq?: string }>().seq ?? null;
  const { q, from, to, range, setQuery } = useAuditQuery();
  const setFilter = useCallback((next: string) => void setQuery({ q: next }), [setQuery]);
  const asked = {
    q: q || undefined,
    from: range?.from.toISOString() ?? '',
    to: range?.to.toISOString() ?? '',
  };
  const events = useInfiniteQuery({
    ...trpc.audit.search.infiniteQueryOptions(
      { ...asked, limit: 100 },
      { getNextPageParam: (page) => page.next },
    ),
    enabled: range !== null,
    placeholderData: keepPreviousData,
  });
  const histogram = useQuery({
    ...trpc.audit.histogram.queryOptions({ ...asked, buckets: BUCKETS }),
    enabled: range !== null,
    placeholderData: keepPreviousData,
  });
  const rows = events.data?.pages.flatMap((page) => page.events) ?? [];
  const refusal = placeFilterRefusal(events.error, q, () => void events.refetch());
  const width = range ? (range.to.getTime() - range.from.getTime()) / BUCKETS : 0;

  return (
    <>
      <PageHeader title="Audit" actions={<ExportMenu q={q} range={range} />} />
      <div className="mb-2.5 flex gap-2 max-sm:flex-wrap">
        <FilterBar
          label="Filter events"
          value={q}
          onChange={setFilter}
          placeholder="actor:mira action:ip.* object:web-1"
          error={refusal.atFilter}
        />
        {range && (
          <RangeMenu from={from} range={range} onPick={(next) => void setQuery({ from: next, to: null })} />
        )}
      </div>
      {histogram.data && (
        <Histogram
          label="Events over time"
          buckets={histogram.data.map((each) => ({
            from: new Date(each.at),
            until: new Date(Date.parse(each.at) + width),
            count: each.total,
            bad: each.failed,
          }))}
          onSelect={(bucket) =>
            void setQuery({ from: bucket.from.toISOString(), to: bucket.until.toISOString() })
          }
        />
      )}
      <div className="mt-3">
        <ListBesideDetail
          detail={chosen && children}
          pages={events}
          refusal={refusal.rest}
          older="Show older events"
        >
          {events.data && (
            <DataTable
              label="Events, newest first"
              columns={chosen ? besideDetail : eventColumns}
              rows={rows}
              rowKey={(event) => event.id}
              selectedKey={rows.find((event) => String(event.seq) === chosen)?.id ?? null}
              onOpen={(event) =>
                event.seq !== null &&
                router.push(
                  withAuditQuery(`${paths.auditEvent(event.seq)}${search && `?${search}`}`, { q, from, to }),
                  { scroll: false },
                )
              }
              empty={
                <EmptyState
                  action={
                    from !== 'now-365d' && (
                      <Button onClick={() => void setQuery({ from: 'now-365d', to: null })}>
                        Look in the last year
                      </Button>
                    )
                  }
                >
                  {q
                    ? 'No event in this range matches the filter.'
                    : 'Nothing has been recorded in this range.'}
                </EmptyState>
              }
            />
          )}
        </ListBesideDetail>
      </div>
    </>
  );
}

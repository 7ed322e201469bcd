'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useCallback } from 'react';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { buttonClass } from '@/ui/button-class';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { FilterBar } from '@/ui/filter-bar';
import { Kbd } from '@/ui/kbd';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { placeFilterRefusal } from '../../place-refusal';
import { useKey } from '../../use-key';
import { hostColumns } from './host-columns';

export function HostList() {
  const trpc = useTRPC();
  const router = useRouter();
  const [q, setQ] = useQueryState('q', parseAsString.withDefault(''));
  const setFilter = useCallback((next: string) => void setQ(next || null), [setQ]);
  const all = useQuery(trpc.hosts.list.queryOptions());
  const hosts = useQuery({
    ...trpc.hosts.search.queryOptions({ q: q || undefined }),
    placeholderData: keepPreviousData,
  });
  const { atFilter } = placeFilterRefusal(hosts.error, q, () => void hosts.refetch());
  useKey('n', () => router.push(paths.enroll()));
  return (
    <>
      <PageHeader
        title="Hosts"
        meta={hosts.data && all.data && (q ? `${hosts.data.length} of ${all.data.length}` : all.data.length)}
        actions={
          <Link href={paths.enroll()} className={buttonClass('primary')}>
            <Plus aria-hidden /> Enrol a host <Kbd onSolid>N</Kbd>
          </Link>
        }
      />
      <div className="mb-2 flex gap-2">
        <FilterBar
          label="Filter hosts"
          value={q}
          onChange={setFilter}
          placeholder="state:ready name:fra1-* checks<100%"
          error={atFilter}
        />
      </div>
      {!(atFilter && !hosts.data) && (
        <Loaded query={hosts}>
          {(rows) => (
            <DataTable
              label="Hosts"
              columns={hostColumns}
              rows={rows}
              rowKey={(host) => host.id}
              onOpen={(host) => router.push(paths.host(host.name))}
              empty={
                q && all.data?.length ? (
                  <EmptyState
                    action={<Button onClick={() => setFilter('')}>Show all {all.data.length}</Button>}
                  >
                    No host matches this filter.
                  </EmptyState>
                ) : (
                  <EmptyState command="cellblock up">
                    No host yet. The agent of the dashboard’s own machine comes by itself when `cellblock up`
                    starts it.
                  </EmptyState>
                )
              }
            />
          )}
        </Loaded>
      )}
    </>
  );
}

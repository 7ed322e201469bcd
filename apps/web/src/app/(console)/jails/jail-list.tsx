'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsString, useQueryState } from 'nuqs';
import { useCallback } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { buttonClass } from '@/ui/button-class';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { FilterBar } from '@/ui/filter-bar';
import { Kbd } from '@/ui/kbd';
import { countText } from '@/ui/number-text';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { useKey } from '../../use-key';
import { jailColumns } from './jail-columns';

export function JailList() {
  const trpc = useTRPC();
  const router = useRouter();
  const [q, setQ] = useQueryState('q', parseAsString.withDefault(''));
  const jails = useQuery({
    ...trpc.jails.list.queryOptions({ q: q || undefined }),
    placeholderData: keepPreviousData,
  });
  const refused = jails.error ? refusalOf(jails.error) : null;
  const badFilter = refused?.code === 'invalid' && q !== '';
  const hostCount = new Set(jails.data?.jails.map((jail) => jail.host.id)).size;
  const setFilter = useCallback((next: string) => void setQ(next || null), [setQ]);
  useKey('n', () => router.push(paths.jailNew()));

  return (
    <>
      <PageHeader
        title="Jails"
        meta={
          jails.data &&
          `${countText(jails.data.jails.length)}${q ? ` of ${countText(jails.data.total)}` : ''} on ${hostCount} ${hostCount === 1 ? 'host' : 'hosts'}`
        }
        actions={
          <Link href={paths.jailNew()} className={buttonClass('primary')}>
            <Plus aria-hidden /> New jail <Kbd onSolid>N</Kbd>
          </Link>
        }
      />
      <div className="mb-2 flex gap-2">
        <FilterBar
          label="Filter jails"
          value={q}
          onChange={setFilter}
          placeholder="state:running host:fra1-* ip:10.20.0.0/16"
          error={badFilter && [refused?.message, refused?.fix].filter(Boolean).join(' ')}
        />
      </div>
      {!(badFilter && !jails.data) && (
        <Loaded query={jails} rows={12}>
          {({ jails: rows, total }) => (
            <DataTable
              label="Jails"
              columns={jailColumns}
              rows={rows}
              rowKey={(jail) => jail.id}
              onOpen={(jail) => router.push(paths.jail(jail.name))}
              empty={total === 0 ? <NoJails /> : <NoMatch onClear={() => void setQ(null)} total={total} />}
            />
          )}
        </Loaded>
      )}
    </>
  );
}

function NoJails() {
  return (
    <EmptyState
      action={
        <Link href={paths.jailNew()} className={buttonClass('primary')}>
          <Plus aria-hidden /> Create a jail
        </Link>
      }
      command="cellblock create web-1"
    >
      No jails yet. A jail is a set of processes with its own root, users and addresses that cannot reach out
      of it.
    </EmptyState>
  );
}

function NoMatch({ onClear, total }: { onClear: () => void; total: number }) {
  return (
    <EmptyState
      action={
        <button type="button" className={buttonClass()} onClick={onClear}>
          Show all {countText(total)}
        </button>
      }
    >
      No jail matches this filter.
    </EmptyState>
  );
}

'use client';
import type { JailSummary } from '@cellblock/shared/views/jail-view';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { buttonClass } from '@/ui/button-class';
import { cx } from '@/ui/cx';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { FilterBar } from '@/ui/filter-bar';
import { Kbd } from '@/ui/kbd';
import { countText } from '@/ui/number-text';
import { PageHeader } from '@/ui/page-header';
import { useSteadyOrder } from '@/ui/steady-order';
import { Loaded } from '../../loaded';
import { placeFilterRefusal } from '../../place-refusal';
import { useKey } from '../../use-key';
import { columnsOf, defaultColumns } from './jail-columns';
import { useJailListQuery } from './jail-list-query';
import { inOrder } from './jail-order';
import { Pages } from './pages';

const JailPeek = dynamic(() => import('./jail-peek').then((module) => module.JailPeek), { ssr: false });
const JailListMenu = dynamic(() => import('./jail-list-menu').then((module) => module.JailListMenu), {
  ssr: false,
  loading: () => <span className="w-[76px]" />,
});

export function JailList() {
  const trpc = useTRPC();
  const router = useRouter();
  const { q, cols, density, setQuery } = useJailListQuery();
  const jails = useQuery({
    ...trpc.jails.list.queryOptions({ q: q || undefined }),
    placeholderData: keepPreviousData,
  });
  const { atFilter } = placeFilterRefusal(jails.error, q, () => void jails.refetch());
  const hostCount = new Set(jails.data?.jails.map((jail) => jail.host.id)).size;
  const setFilter = useCallback((next: string) => void setQuery({ q: next || null, page: null }), [setQuery]);
  const [beside, setBeside] = useState<HTMLElement | null>(null);
  useKey('n', () => router.push(paths.jailNew()));

  return (
    <>
      <PageHeader
        title="Jails"
        meta={
          <>
            {jails.data &&
              `${countText(jails.data.jails.length)}${q ? ` of ${countText(jails.data.total)}` : ''} on ${hostCount} ${hostCount === 1 ? 'host' : 'hosts'}`}
            <span
              ref={setBeside}
              role="status"
              className="inline-flex items-center gap-2 max-sm:not-empty:fixed max-sm:not-empty:bottom-10 max-sm:not-empty:left-3 max-sm:not-empty:z-10 max-sm:rounded-control max-sm:not-empty:border max-sm:border-line-default max-sm:bg-surface-overlay max-sm:not-empty:p-2"
            />
          </>
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
          error={atFilter}
        />
        <JailListMenu
          columns={cols ? cols.split(',') : defaultColumns}
          density={density}
          onColumns={(keys) => void setQuery({ cols: keys.length > 0 ? keys.join() : null })}
          onDensity={(next) => void setQuery({ density: next })}
        />
      </div>
      {!(atFilter && !jails.data) && (
        <Loaded query={jails} rows={12}>
          {({ jails: rows, total }) => (
            <JailRows
              jails={rows}
              beside={beside}
              empty={total === 0 ? <NoJails /> : <NoMatch onClear={() => setFilter('')} total={total} />}
            />
          )}
        </Loaded>
      )}
    </>
  );
}

const PER_PAGE = 200;
const REACH_MS = 1_000;

interface JailRowsProps {
  jails: readonly JailSummary[];
  /** Where it is told that rows changed place: above the rows it would move them under the pointer. */
  beside: HTMLElement | null;
  empty: ReactNode;
}

function JailRows({ jails, beside, empty }: JailRowsProps) {
  const router = useRouter();
  const { q, sort, cols, density, peek, page, setQuery } = useJailListQuery();
  const area = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [focused, setFocused] = useState(false);
  const pages = Math.max(1, Math.ceil(jails.length / PER_PAGE));
  const at = Math.min(Math.max(1, page), pages);
  const asked = `${q} ${sort.key} ${sort.descending} ${at}`;
  const all = useSteadyOrder(inOrder(jails, sort), (jail) => jail.id, pointed || focused, asked);
  const rows = all.rows.slice((at - 1) * PER_PAGE, at * PER_PAGE);
  const peeked = peek === null ? null : (rows.find((jail) => jail.name === peek)?.id ?? '');
  useKey('r', all.resort);
  useKey('Escape', () => {
    if (peek !== null) closePeek();
  });

  function closePeek() {
    void setQuery({ peek: null });
    // The row is where the eye was; after the panel it has the focus again.
    area.current?.querySelector<HTMLElement>('tr[aria-selected=true]')?.focus();
  }

  return (
    <div
      className={cx(
        'grid items-start gap-4',
        peek !== null && 'lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]',
      )}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody is at the rows */}
      <div
        ref={area}
        className="min-w-0"
        onPointerEnter={() => {
          clearTimeout(leaving.current);
          setPointed(true);
        }}
        // The button that sorts stands apart from the rows: whoever is on the way to it is still at them.
        onPointerLeave={() => {
          leaving.current = setTimeout(() => setPointed(false), REACH_MS);
        }}
        onFocus={() => setFocused(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
      >
        {all.moved > 0 &&
          beside &&
          createPortal(
            <>
              {all.moved === 1 ? '1 row' : `${countText(all.moved)} rows`} changed place
              <Button shortcut="R" onClick={all.resort}>
                Sort again
              </Button>
            </>,
            beside,
          )}
        <DataTable
          label="Jails"
          columns={columnsOf(peek === null ? cols : (cols ?? 'state,ip4'))}
          rows={rows}
          rowKey={(jail) => jail.id}
          sort={sort}
          onSort={(key) =>
            void setQuery({ sort: sort.key === key && !sort.descending ? `-${key}` : key, page: null })
          }
          density={density}
          selectedKey={peeked ?? undefined}
          onOpen={(jail) => router.push(paths.jail(jail.name))}
          onPeek={(jail) => (peek === jail.name ? closePeek() : void setQuery({ peek: jail.name }))}
          onReach={(jail) => {
            if (peek !== null && peek !== jail.name) void setQuery({ peek: jail.name });
          }}
          empty={empty}
        />
        <Pages
          page={at}
          perPage={PER_PAGE}
          total={jails.length}
          onPage={(next) => void setQuery({ page: next })}
        />
      </div>
      {peek !== null && <JailPeek key={peek} name={peek} onClose={closePeek} />}
    </div>
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

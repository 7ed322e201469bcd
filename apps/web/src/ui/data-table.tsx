'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { cx } from './cx';

export interface Column<Row> {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Tailwind width class; the table is laid out by its head. */
  width?: string;
  align?: 'right';
  /** Left out on narrow screens: the cell of another column must then say it. */
  from?: 'sm' | 'md' | 'lg';
  mono?: boolean;
  /** May take several lines instead of being cut: always, or on a narrow screen. */
  wraps?: 'always' | 'narrow';
  /** Its head sorts the rows. */
  sortable?: boolean;
}

export interface Sort {
  key: string;
  descending: boolean;
}

/** Height of rows: 28, 34 or 44 px. */
export type Density = 'compact' | 'default' | 'comfortable';

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Enter or click on a row. */
  onOpen?: (row: Row) => void;
  /** A letter pressed on a row. */
  onKey?: (key: string, row: Row) => void;
  selectedKey?: string | null;
  /** Shown in place of rows when there are none. */
  empty?: ReactNode;
  sort?: Sort;
  onSort?: (key: string) => void;
  density?: Density;
  /** Space on a row. */
  onPeek?: (row: Row) => void;
  /** The focus came to a row. */
  onReach?: (row: Row) => void;
}

const heights: Record<Density, string> = { compact: 'h-7', default: 'h-[34px]', comfortable: 'h-11' };

const wrapClass = {
  always: 'py-1.5 break-words whitespace-normal',
  narrow: 'max-sm:py-1.5 max-sm:break-words max-sm:whitespace-normal',
};
const fromClass = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' };

/** Dense rows; j, k, arrows, Home and End walk them, Enter opens. Rows keep their identity while data changes below them. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  onKey,
  selectedKey,
  empty,
  sort,
  onSort,
  density = 'default',
  onPeek,
  onReach,
}: DataTableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    // From anywhere on the page the first j leads into the table.
    const enter = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'j' || event.metaKey || event.ctrlKey || event.altKey) return;
      if (document.activeElement !== document.body) return;
      body.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
    };
    document.addEventListener('keydown', enter);
    return () => document.removeEventListener('keydown', enter);
  }, []);
  if (rows.length === 0 && empty) return empty;
  const classOf = (column: Column<Row>) =>
    cx(column.align === 'right' && 'text-right', column.from && fromClass[column.from], column.width);
  return (
    <table aria-label={label} className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              aria-sort={
                sort?.key === column.key ? (sort.descending ? 'descending' : 'ascending') : undefined
              }
              className={cx(
                'h-[30px] border-b border-line-default px-2 text-left text-small font-medium whitespace-nowrap text-muted',
                classOf(column),
              )}
            >
              {column.sortable && onSort ? (
                <SortButton
                  sort={sort?.key === column.key ? sort : null}
                  arrowFirst={column.align === 'right'}
                  onPress={() => onSort(column.key)}
                >
                  {column.header}
                </SortButton>
              ) : (
                column.header
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={walkRows}>
        {rows.map((row, at) => (
          <tr
            key={rowKey(row)}
            tabIndex={
              onOpen ? (selectedKey ? (rowKey(row) === selectedKey ? 0 : -1) : at === 0 ? 0 : -1) : undefined
            }
            aria-selected={selectedKey === undefined ? undefined : rowKey(row) === selectedKey}
            onClick={(event) => {
              if (onOpen && !cameFromControl(event.target) && !window.getSelection()?.toString()) onOpen(row);
            }}
            onKeyDown={(event) => {
              if (event.target !== event.currentTarget) return;
              if (event.key === 'Enter') onOpen?.(row);
              if (event.key === ' ' && onPeek) {
                event.preventDefault();
                onPeek(row);
              }
              if (!event.metaKey && !event.ctrlKey && !event.altKey) onKey?.(event.key, row);
            }}
            onFocus={(event) => event.target === event.currentTarget && onReach?.(row)}
            className={cx(
              '-outline-offset-2 hover:bg-surface-hover',
              onOpen && 'cursor-pointer',
              selectedKey !== undefined && rowKey(row) === selectedKey && 'bg-surface-hover',
            )}
          >
            {columns.map((column) => (
              <td
                key={column.key}
                className={cx(
                  'truncate border-b border-line-subtle px-2 max-sm:h-[46px]',
                  heights[density],
                  column.mono && 'mono',
                  column.wraps && wrapClass[column.wraps],
                  classOf(column),
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The cell of the column that names the row: bold, with what narrow screens hide on a second line. */
export function NameCell({ children, second }: { children: ReactNode; second?: ReactNode }) {
  return (
    <>
      <span className="font-medium text-strong">{children}</span>
      {second && <span className="mono block truncate leading-[18px] text-muted sm:hidden">{second}</span>}
    </>
  );
}

function SortButton({
  sort,
  arrowFirst,
  onPress,
  children,
}: {
  sort: Sort | null;
  /** Where values end at the right, so does the word above them. */
  arrowFirst: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={onPress}
      className={cx(
        'inline-flex h-6 items-center gap-1 rounded-control -outline-offset-1 hover:text-strong',
        arrowFirst && 'flex-row-reverse',
      )}
    >
      {children}
      <Arrow className={cx('size-3', !sort && 'invisible')} aria-hidden />
    </button>
  );
}

function cameFromControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, select, label, summary') !== null;
}

function walkRows(event: KeyboardEvent<HTMLTableSectionElement>) {
  const row = (event.target as Element).closest('tr');
  if (!row || event.metaKey || event.ctrlKey || event.altKey) return;
  const rows = [...event.currentTarget.rows];
  const at = rows.indexOf(row);
  const to = { j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[
    event.key
  ];
  const next = to === undefined ? undefined : rows[to];
  if (!next || next.tabIndex === undefined) return;
  event.preventDefault();
  next.focus();
}

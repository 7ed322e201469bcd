import type { ReactNode } from 'react';
import { Button } from '@/ui/button';
import { cx } from '@/ui/cx';
import { Skeleton } from '@/ui/skeleton';

interface ListBesideDetailProps {
  /** what is chosen in the list; null while nothing is */
  detail: ReactNode;
  /** the pages of the list, newest first */
  pages: {
    isPending: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  /** why the list cannot be had */
  refusal: ReactNode;
  /** "Show older events" */
  older: string;
  /** the list as far as it has come */
  children: ReactNode;
}

/** A list that goes back as far as anybody wants to read, and what is chosen in it beside. */
export function ListBesideDetail({ detail, pages, refusal, older, children }: ListBesideDetailProps) {
  return (
    <div
      className={cx(
        'grid items-start gap-4',
        detail !== null && 'lg:grid-cols-[minmax(0,1fr)_minmax(0,510px)]',
      )}
    >
      {detail !== null && <div className="min-w-0 lg:order-2">{detail}</div>}
      <div className="min-w-0">
        {refusal}
        {pages.isPending && <Skeleton rows={10} />}
        {children}
        {pages.hasNextPage && (
          <div className="py-3">
            <Button pending={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {older}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

'use client';
import { Button } from '@/ui/button';
import { countText } from '@/ui/number-text';

interface PagesProps {
  /** from 1 */
  page: number;
  perPage: number;
  total: number;
  onPage: (page: number) => void;
}

/** Which part of a long list is shown, and the way to the rest. Nothing where all of it is. */
export function Pages({ page, perPage, total, onPage }: PagesProps) {
  if (total <= perPage) return null;
  const last = Math.ceil(total / perPage);
  return (
    <nav aria-label="Pages" className="flex items-center gap-2 py-3 text-muted">
      <Button disabledReason={page === 1 && 'This is the first page'} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      <Button disabledReason={page === last && 'This is the last page'} onClick={() => onPage(page + 1)}>
        Next
      </Button>
      <span>
        {countText((page - 1) * perPage + 1)} to {countText(Math.min(total, page * perPage))} of{' '}
        {countText(total)}
      </span>
    </nav>
  );
}

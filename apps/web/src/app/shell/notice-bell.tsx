'use client';
import { Bell } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { cx } from '@/ui/cx';

interface NoticeBellProps {
  count: number;
  worst: 'bad' | 'warn' | 'unknown' | null;
}

/** How much needs one, on every page. */
export function NoticeBell({ count, worst }: NoticeBellProps) {
  const label = count === 0 ? 'Notifications' : `Notifications, ${count} open`;
  return (
    <Link
      href={paths.notifications()}
      aria-label={label}
      data-tip={label}
      className="inline-flex h-7 min-w-7 items-center justify-center gap-1.5 rounded-control border border-line-default bg-surface-base px-2 text-control font-medium text-default hover:bg-surface-hover pointer-coarse:h-9 pointer-coarse:min-w-9"
    >
      <Bell
        className={cx(
          'size-4',
          worst === 'bad' ? 'text-bad-mark' : worst === 'warn' ? 'text-warn-mark' : 'text-muted',
        )}
        aria-hidden
      />
      {count > 0 && <span>{count}</span>}
    </Link>
  );
}

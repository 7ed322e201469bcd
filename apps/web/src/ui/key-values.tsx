import type { ReactNode } from 'react';
import { cx } from './cx';

/** A list of facts; rows whose value is undefined are left out, null is a dash. */
export function KeyValues({
  rows,
  className,
}: {
  rows: readonly (readonly [string, ReactNode])[];
  className?: string;
}) {
  return (
    <dl className={cx('grid grid-cols-[128px_minmax(0,1fr)] gap-y-1.5 p-3', className)}>
      {rows
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 text-strong break-words">
              {value === null || value === '' ? '—' : value}
            </dd>
          </div>
        ))}
    </dl>
  );
}

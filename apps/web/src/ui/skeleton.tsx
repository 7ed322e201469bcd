'use client';
import { type ReactNode, useEffect, useState } from 'react';

/** Nothing for 200 ms, so that a fast answer does not flicker; after 8 s it says what is being waited for. */
export function Skeleton({ rows = 6, waitingFor }: { rows?: number; waitingFor?: string }) {
  const shown = useAfter(200);
  const slow = useAfter(8000);
  if (!shown) return <div aria-busy="true" />;
  return (
    <div aria-busy="true" role="status">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows have no identity
        <div key={row} className="flex h-[34px] items-center gap-4 border-b border-line-subtle px-2">
          <div className="h-2.5 w-1/5 rounded-cell bg-surface-hover" />
          <div className="h-2.5 w-1/6 rounded-cell bg-surface-hover" />
          <div className="h-2.5 w-1/4 rounded-cell bg-surface-hover max-sm:hidden" />
        </div>
      ))}
      {slow && (
        <p className="p-2 text-muted">Still loading. {waitingFor ?? 'The server has not answered yet.'}</p>
      )}
    </div>
  );
}

/** Shows its children only once the wait is long enough to notice. */
export function AfterDelay({ ms = 200, children }: { ms?: number; children: ReactNode }) {
  return useAfter(ms) ? children : null;
}

function useAfter(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}

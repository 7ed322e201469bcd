'use client';
import { ChevronRight } from 'lucide-react';
import { CopyButton } from '@/ui/copy-button';

/** Everything as it came over the wire. */
export function RawEvent(props: Record<string, unknown>) {
  const text = JSON.stringify(props, null, 2);
  return (
    <details className="group border-t border-line-subtle">
      <summary className="flex min-h-[38px] items-center gap-1 px-3 font-medium text-strong -outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 text-muted group-open:rotate-90" aria-hidden /> Raw
      </summary>
      <div className="flex items-center justify-between px-3 pb-1 text-small text-muted">
        As it came over the wire <CopyButton text={text} label="Copy raw event" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre tabIndex={0} className="mono max-h-96 overflow-auto border-t border-line-subtle p-3">
        {text}
      </pre>
    </details>
  );
}

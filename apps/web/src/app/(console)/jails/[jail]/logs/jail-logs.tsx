'use client';
import { useSubscription } from '@trpc/tanstack-react-query';
import { ArrowDown, Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { FilterBar } from '@/ui/filter-bar';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { useJail } from '../use-jail';
import { useLogLines } from './log-lines';

export function JailLogs() {
  const jail = useJail().data;
  const denied = useMayNot('operate');
  if (denied) return <p className="text-muted">{denied}</p>;
  return jail ? <LogTail jail={jail.id} name={jail.name} /> : null;
}

/** The console of the jail as its keeper keeps it; follows unless one scrolls away from the end. */
function LogTail({ jail, name }: { jail: string; name: string }) {
  const trpc = useTRPC();
  const { lines, dropped, append } = useLogLines();
  const [find, setFind] = useState('');
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const stream = useSubscription(
    trpc.jails.logs.subscriptionOptions(
      { jail, tailLines: 500, follow: true },
      { onData: (piece) => append(piece as { offset: number; text: string; dropped: number }) },
    ),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is a reason to be at the end
  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, following]);
  const shown = find ? lines.filter((line) => line.text.includes(find)) : lines;
  return (
    <section className="flex h-[calc(100dvh-15rem)] min-h-60 flex-col gap-2">
      <div className="flex gap-2">
        <FilterBar
          label="Show lines that hold"
          value={find}
          onChange={setFind}
          placeholder="Only lines that hold this text"
        />
        <Button
          icon={following ? <Pause aria-hidden /> : <Play aria-hidden />}
          onClick={() => setFollowing(!following)}
        >
          {following ? 'Pause' : 'Follow'}
        </Button>
      </div>
      {stream.status === 'error' && <RefusalPanel error={stream.error} onRetry={stream.reset} />}
      {dropped > 0 && (
        <p className="text-small text-warn-text">{dropped} bytes before this were overwritten in the ring.</p>
      )}
      <div
        ref={box}
        role="log"
        aria-label={`Console output of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          if (scrollHeight - scrollTop - clientHeight > 40) setFollowing(false);
        }}
        className="mono min-h-0 flex-1 overflow-auto rounded-panel border border-line-subtle bg-surface-base p-3 break-all whitespace-pre-wrap"
      >
        {shown.length === 0 && (
          <p className="font-sans text-muted">{find ? 'No line holds it.' : 'It has said nothing yet.'}</p>
        )}
        {shown.map((line) => (
          <div key={line.at}>{line.text}</div>
        ))}
      </div>
      {!following && (
        <Button icon={<ArrowDown aria-hidden />} className="self-center" onClick={() => setFollowing(true)}>
          To the newest line
        </Button>
      )}
    </section>
  );
}

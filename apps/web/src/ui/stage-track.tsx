import { Check, LoaderCircle, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export interface Stage {
  label: ReactNode;
  state: 'done' | 'now' | 'later' | 'bad' | 'ended';
}

const looks: Record<Stage['state'], { dot: string; text: string; word: string }> = {
  done: { dot: 'border-transparent bg-ok-tint text-ok-text', text: 'text-default', word: 'done' },
  now: { dot: 'border-info-mark text-info-text', text: 'font-medium text-strong', word: 'now' },
  later: { dot: 'border-dashed border-line-control', text: 'text-muted', word: 'to come' },
  bad: {
    dot: 'border-transparent bg-bad-tint text-bad-text',
    text: 'font-medium text-bad-text',
    word: 'failed',
  },
  ended: { dot: 'border-line-control', text: 'text-muted', word: 'ended' },
};

/** How far something has come, stage by stage, each with a mark and a word. */
export function StageTrack({ label, stages }: { label: string; stages: readonly Stage[] }) {
  return (
    <ol aria-label={label} className="flex flex-wrap items-center gap-x-2 gap-y-1.5 px-3 py-2.5">
      {stages.map(({ label: name, state }, at) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a stage is where it stands
          key={at}
          aria-current={state === 'now' ? 'step' : undefined}
          className={cx('flex items-center gap-1.5', looks[state].text)}
        >
          {at > 0 && <span aria-hidden className="mr-0.5 h-px w-4 bg-line-control" />}
          <span
            aria-hidden
            className={cx('grid size-4 place-items-center rounded-full border', looks[state].dot)}
          >
            {state === 'done' && <Check className="size-2.5" strokeWidth={3} />}
            {state === 'bad' && <X className="size-2.5" strokeWidth={3} />}
            {state === 'now' && <LoaderCircle className="size-2.5 animate-spin motion-reduce:animate-none" />}
          </span>
          {name}
          <span className="sr-only">, {looks[state].word}</span>
        </li>
      ))}
    </ol>
  );
}

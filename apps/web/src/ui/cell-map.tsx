'use client';
import { type KeyboardEvent, useRef, useState } from 'react';
import { cx } from './cx';

type Look = 'good' | 'moving' | 'down' | 'bad' | 'unknown';

export interface MapCell {
  key: string;
  look: Look;
  /** Said aloud and shown on hover: "web-1, running". */
  label: string;
}

/** Shape and colour say the same: full, ringed, hollow, crossed, dashed. */
const looks: Record<Look, string> = {
  good: 'border-transparent bg-ok-mark',
  moving:
    'border-[1.5px] border-info-mark after:absolute after:inset-[30%] after:rounded-full after:bg-info-mark',
  down: 'border-[1.5px] border-idle-mark',
  bad: 'border-transparent bg-bad-solid after:absolute after:inset-x-[20%] after:top-1/2 after:h-[1.5px] after:-translate-y-1/2 after:rotate-45 after:bg-on-accent before:absolute before:inset-x-[20%] before:top-1/2 before:h-[1.5px] before:-translate-y-1/2 before:-rotate-45 before:bg-on-accent',
  unknown: 'border-[1.5px] border-dashed border-idle-mark',
};

interface CellMapProps {
  label: string;
  cells: readonly MapCell[];
  onOpen: (key: string) => void;
}

/** Small cells in a row that wraps; one stop of the Tab key, arrows walk, Enter opens. */
export function CellMap({ label, cells, onOpen }: CellMapProps) {
  const group = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const stop = Math.min(at, cells.length - 1);
  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: cells.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= cells.length) return;
    event.preventDefault();
    setAt(to);
    (group.current?.children[to] as HTMLElement | undefined)?.focus();
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a wrapping row of buttons, not a fieldset of a form
    <div ref={group} role="group" aria-label={label} onKeyDown={onKeyDown} className="flex flex-wrap">
      {cells.map((cell, index) => (
        <button
          key={cell.key}
          type="button"
          aria-label={cell.label}
          title={cell.label}
          tabIndex={index === stop ? 0 : -1}
          onFocus={() => setAt(index)}
          onClick={() => onOpen(cell.key)}
          // Drawn at 14 px, hit at 24.
          className="grid size-6 place-items-center rounded-cell hover:bg-surface-hover"
        >
          <span
            aria-hidden
            className={cx('relative block size-3.5 rounded-[3px] border', looks[cell.look])}
          />
        </button>
      ))}
    </div>
  );
}

/** What the looks mean, in words. */
CellMap.Legend = function Legend({ words }: { words: Readonly<Record<Look, string>> }) {
  return (
    <ul
      aria-label="What the cells mean"
      className="flex flex-wrap gap-x-4 gap-y-1 px-3 py-2 text-small text-muted"
    >
      {(Object.keys(words) as Look[]).map((look) => (
        <li key={look} className="flex items-center gap-1.5">
          <span aria-hidden className={cx('relative block size-3 rounded-[3px] border', looks[look])} />
          {words[look]}
        </li>
      ))}
    </ul>
  );
};

'use client';
import { type KeyboardEvent, useRef, useState } from 'react';
import { type CellLook, GridCell } from './grid-cell';

export interface HeatCell {
  key: string;
  look: CellLook;
  /** Said aloud and shown on hover: "10.0.0.5, assigned to web-1". */
  label: string;
}

interface HeatGridProps {
  label: string;
  cells: readonly HeatCell[];
  selectedKey?: string | null;
  onSelect: (key: string) => void;
  /** Typed digits jump to the cell whose key ends so. */
  endsWith?: (key: string, typed: string) => boolean;
}

/** One cell for each of up to 1,024 things; state is shape and colour. Arrow keys walk, Enter selects, digits jump. */
export function HeatGrid({ label, cells, selectedKey, onSelect, endsWith }: HeatGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const [focused, setFocused] = useState(0);
  const tabStop = Math.max(0, selectedKey ? cells.findIndex((cell) => cell.key === selectedKey) : focused);

  function focusCell(at: number) {
    const cell = grid.current?.children[at];
    if (cell instanceof HTMLElement) {
      cell.focus();
      setFocused(at);
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const at = [...(grid.current?.children ?? [])].indexOf(event.target as Element);
    if (at < 0 || event.metaKey || event.ctrlKey) return;
    const columns = columnCount(grid.current);
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: cells.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      if (to >= 0 && to < cells.length) focusCell(to);
    } else if (endsWith && /^[0-9a-f]$/i.test(event.key)) {
      const now = Date.now();
      typed.current = {
        text: now - typed.current.at < 1000 ? typed.current.text + event.key : event.key,
        at: now,
      };
      const found = cells.findIndex((cell) => endsWith(cell.key, typed.current.text));
      if (found >= 0) focusCell(found);
    }
  }

  return (
    <div className="@container p-3">
      {/* biome-ignore lint/a11y/useSemanticElements: a wrapping grid of buttons, not a fieldset of a form */}
      <div
        ref={grid}
        role="group"
        aria-label={label}
        onKeyDown={onKeyDown}
        className="grid grid-cols-[repeat(12,minmax(0,1fr))] gap-[3px] @min-[430px]:grid-cols-[repeat(16,minmax(0,1fr))] @min-[620px]:grid-cols-[repeat(24,minmax(0,1fr))] @min-[861px]:grid-cols-[repeat(32,minmax(0,1fr))]"
      >
        {cells.map((cell, at) => (
          <GridCell
            key={cell.key}
            cell={cell}
            selected={cell.key === selectedKey}
            tabIndex={at === tabStop ? 0 : -1}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

function columnCount(grid: HTMLElement | null): number {
  if (!grid) return 1;
  return getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}

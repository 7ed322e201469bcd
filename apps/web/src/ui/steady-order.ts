'use client';
import { useRef, useState } from 'react';

/** Rows in the order in which they stood, new ones behind; how many of them stand elsewhere than they would. */
export function inOrderOf<Row>(
  before: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): { rows: Row[]; moved: number } {
  const at = new Map(before.map((key, index) => [key, index]));
  const place = (row: Row) => at.get(keyOf(row)) ?? Number.POSITIVE_INFINITY;
  const kept = rows.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  return { rows: kept, moved: kept.filter((row, index) => row !== rows[index]).length };
}

/**
 * Rows change in place while somebody is at them (`held`): their order is that of the last free moment, or of the
 * last change of what was asked for, or of `resort`.
 */
export function useSteadyOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  held: boolean,
  asked: string,
) {
  const order = useRef<{ asked: string; keys: string[] } | null>(null);
  const [, redraw] = useState(0);
  const free = !held || order.current === null || order.current.asked !== asked;
  const { rows: shown, moved } = free
    ? { rows: [...rows], moved: 0 }
    : inOrderOf(order.current?.keys ?? [], rows, keyOf);
  if (free) order.current = { asked, keys: shown.map(keyOf) };
  const resort = () => {
    order.current = null;
    redraw((count) => count + 1);
  };
  return { rows: shown, moved, resort };
}

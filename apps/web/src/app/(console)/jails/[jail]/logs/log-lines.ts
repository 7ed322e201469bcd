'use client';
import { useCallback, useState } from 'react';

/** So many lines stay in the browser; the ring on the host holds more. */
const KEEP = 5000;

interface Piece {
  offset: number;
  text: string;
  dropped: number;
}

interface Lines {
  lines: readonly { at: number; text: string }[];
  /** the line that has not ended yet */
  rest: string;
  count: number;
  dropped: number;
}

/** Pieces of output, cut where the stream happened to cut them, as whole lines with a number each. */
export function useLogLines() {
  const [state, setState] = useState<Lines>({ lines: [], rest: '', count: 0, dropped: 0 });
  const append = useCallback((piece: Piece) => {
    setState((before) => {
      const parts = (before.rest + piece.text).split('\n');
      const rest = parts.pop() ?? '';
      const fresh = parts.map((text, n) => ({ at: before.count + n, text: stripEscapes(text) }));
      return {
        lines: [...before.lines, ...fresh].slice(-KEEP),
        rest,
        count: before.count + fresh.length,
        dropped: before.dropped + piece.dropped,
      };
    });
  }, []);
  const lines = state.rest
    ? [...state.lines, { at: state.count, text: stripEscapes(state.rest) }]
    : state.lines;
  return { lines, dropped: state.dropped, append };
}

/** Terminal escapes and control characters are not shown: a log must not be able to draw over its own lines. */
function stripEscapes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-_]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

'use client';
import { useEffect, useRef } from 'react';
import { isTyping } from './shell/section-keys';

/** One key, one act, on this page; not while typing, nor in a dialog, nor right after "g". */
export function useKey(key: string, act: () => void) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    let afterG = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') afterG = Date.now();
      else if (event.key === key && Date.now() - afterG > 1000) {
        event.preventDefault();
        latest.current();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [key]);
}

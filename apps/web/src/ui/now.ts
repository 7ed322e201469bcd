'use client';
import { useSyncExternalStore } from 'react';

let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function current(): number {
  if (Date.now() - now > 1000) now = Date.now();
  return now;
}

/** The time, once a second, from one timer for the whole page; null while the server renders. */
export function useNow(): Date | null {
  const ms = useSyncExternalStore(subscribe, current, () => 0);
  return ms === 0 ? null : new Date(ms);
}

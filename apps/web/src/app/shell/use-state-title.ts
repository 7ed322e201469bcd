'use client';
import { useEffect } from 'react';
import { stateTitle, type Worst } from './state-title';

const MARKS: Record<NonNullable<Worst>, string> = { bad: '#db373a', warn: '#b97410', unknown: '#81878d' };

/** The worst open state in the tab's title and icon: seen without the tab being looked at. */
export function useStateTitle(count: number, worst: Worst) {
  useEffect(() => {
    const apply = () => {
      const wanted = stateTitle(document.title, count, worst);
      if (document.title !== wanted) document.title = wanted;
    };
    apply();
    // Pages set their own title as one walks through them.
    const watcher = new MutationObserver(apply);
    watcher.observe(document.head, { subtree: true, childList: true, characterData: true });
    return () => watcher.disconnect();
  }, [count, worst]);
  useEffect(() => {
    if (worst === null) return;
    const icon = document.createElement('link');
    icon.rel = 'icon';
    icon.type = 'image/svg+xml';
    icon.href = `data:image/svg+xml,${encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#14171d"/><path d="M5 4v8M11 4v8" stroke="#fff" stroke-width="1.5"/><circle cx="12" cy="12" r="4" fill="${MARKS[worst]}"/></svg>`,
    )}`;
    document.head.append(icon);
    return () => icon.remove();
  }, [worst]);
}

'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { navItems } from './nav-items';

/** "g" then a letter goes to a section; "t" changes the zone of all times. Not while typing or in a dialog. */
export function useSectionKeys(onZone: () => void) {
  const router = useRouter();
  useEffect(() => {
    let armedAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') {
        armedAt = Date.now();
      } else if (Date.now() - armedAt < 1000) {
        armedAt = 0;
        const item = navItems.find((each) => each.key === event.key);
        if (item) router.push(item.href);
      } else if (event.key === 't') {
        onZone();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [router, onZone]);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]') !== null
  );
}

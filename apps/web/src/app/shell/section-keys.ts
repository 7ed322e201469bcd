'use client';
import { useEffect } from 'react';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { singleKeysOn } from './key-switch';
import { navItems } from './nav-items';

/** "g" then a letter goes to a section; "t" changes the zone of all times. Not while typing or in a dialog. */
export function useSectionKeys(onZone: () => void, onHelp: () => void) {
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
        else if (event.key === 'b') router.push(paths.notifications());
      } else if (event.key === 't') {
        onZone();
      } else if (event.key === '?') {
        event.preventDefault();
        onHelp();
      } else if (event.key === '[' || event.key === ']') {
        stepTab(event.key === ']' ? 1 : -1);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [router, onZone, onHelp]);
}

/** To the tab beside the one that is open, on pages that have tabs. */
function stepTab(by: number) {
  const tabs = [...document.querySelectorAll<HTMLAnchorElement>('main nav a[href]')];
  const here = tabs.findIndex((tab) => tab.getAttribute('aria-current') === 'page');
  if (here >= 0) tabs[here + by]?.click();
}

/** A key is meant for what has the focus, or single keys are turned off. */
export function isTyping(target: EventTarget | null): boolean {
  if (!singleKeysOn()) return true;
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]') !== null
  );
}

'use client';
import { useEffect, useState } from 'react';

/**
 * For what is shown over a page and taken away with its component: when it goes, the focus goes back to where it
 * was, unless something else has taken it by then.
 */
export function useGiveBackFocus(): void {
  // While it is drawn for the first time, before anything in it takes the focus.
  const [opener] = useState(() => (typeof document === 'undefined' ? null : document.activeElement));
  useEffect(
    () => () => {
      // What had the focus is removed after this; only then it lies with nobody.
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    },
    [opener],
  );
}

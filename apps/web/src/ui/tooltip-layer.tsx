'use client';
import { lazy, Suspense, useEffect, useState } from 'react';

const TooltipPopup = lazy(() =>
  import('./tooltip-popup').then((module) => ({ default: module.TooltipPopup })),
);

const SHOW_AFTER_MS = 300;

/** Watches for the element with a `data-tip` under the pointer or the focus, and shows its text beside it. */
export function TooltipLayer() {
  const [anchor, setAnchor] = useState<Element | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (target: EventTarget | null, ms: number) => {
      const tipped = target instanceof Element ? target.closest('[data-tip]') : null;
      clearTimeout(timer);
      if (tipped) timer = setTimeout(() => setAnchor(tipped), ms);
      else setAnchor(null);
    };
    const over = (event: PointerEvent) => event.pointerType !== 'touch' && show(event.target, SHOW_AFTER_MS);
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) show(event.target, 0);
    };
    const hide = () => show(null, 0);
    const key = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', key);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', key);
    };
  }, []);
  const [, drawAgain] = useState(0);
  useEffect(() => {
    if (!anchor) return;
    // What is under the pointer may come to say something else, or nothing.
    const seen = new MutationObserver(() => drawAgain((times) => times + 1));
    seen.observe(anchor, { attributeFilter: ['data-tip'] });
    return () => seen.disconnect();
  }, [anchor]);
  const text = anchor?.isConnected ? anchor.getAttribute('data-tip') : null;
  return <Suspense>{text && anchor ? <TooltipPopup anchor={anchor} text={text} /> : null}</Suspense>;
}

'use client';
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

interface TooltipProps {
  text: ReactNode;
  /** The element it explains; must take a ref. */
  children: ReactElement;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** Shown on hover and on focus; never the only place where something is said that is needed to act. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={300} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-50">
          <Base.Popup className="overlay-in max-w-72 rounded-control bg-strong px-2 py-1 text-small text-surface-base shadow-overlay">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

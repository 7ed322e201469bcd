'use client';
import { Tooltip as Base } from '@base-ui/react/tooltip';
import { Prose } from './prose';

export function TooltipPopup({ anchor, text }: { anchor: Element; text: string }) {
  return (
    <Base.Root open>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side="top" sideOffset={6} className="pointer-events-none z-50">
          <Base.Popup className="overlay-in max-w-72 rounded-control bg-strong px-2 py-1 text-small text-surface-base shadow-overlay">
            <Prose text={text} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

'use client';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { useGiveBackFocus } from './give-back-focus';
import { IconButton } from './icon-button';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  width?: 'normal' | 'wide';
}

/** Holds the focus, gives it back, closes on Escape. What was typed is kept by whoever holds the state. */
export function Dialog({ open, onClose, title, description, children, width = 'normal' }: DialogProps) {
  useGiveBackFocus();
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="overlay-in fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)]" />
        <Base.Popup
          className={cx(
            'overlay-in fixed inset-x-3 top-[10vh] z-40 mx-auto flex max-h-[80vh] flex-col rounded-panel border border-line-default bg-surface-overlay shadow-overlay',
            width === 'wide' ? 'max-w-2xl' : 'max-w-md',
          )}
        >
          <header className="flex items-start gap-2 border-b border-line-subtle py-2 pr-2 pl-4">
            <div className="min-w-0 flex-1 py-1">
              <Base.Title className="text-lead font-medium text-strong">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-muted">{description}</Base.Description>
              )}
            </div>
            <IconButton label="Close" icon={<X />} onClick={onClose} />
          </header>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="flex min-h-0 flex-col gap-3 overflow-y-auto p-4">{children}</div>;
}

export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line-subtle px-4 py-3">
      {children}
    </footer>
  );
}

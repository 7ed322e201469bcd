'use client';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useGiveBackFocus } from './give-back-focus';
import { IconButton } from './icon-button';
import { Panel } from './panel';

interface SidePanelProps {
  title: ReactNode;
  meta?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** Detail beside a list: not modal, so the list stays in use; below the list where there is no room beside it. */
export function SidePanel({ title, meta, onClose, children }: SidePanelProps) {
  const ref = useRef<HTMLElement>(null);
  useGiveBackFocus();
  useEffect(() => {
    if (window.innerWidth < 900) ref.current?.scrollIntoView({ block: 'start' });
  }, []);
  return (
    <aside
      ref={ref}
      className="min-w-0 lg:sticky lg:top-4"
      aria-label="Detail"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Panel
        className="lg:max-h-[calc(100dvh-104px)] lg:overflow-y-auto"
        title={title}
        meta={meta}
        actions={<IconButton label="Close" icon={<X />} onClick={onClose} />}
      >
        {children}
      </Panel>
    </aside>
  );
}

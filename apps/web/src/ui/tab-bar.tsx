import { cloneElement, type ReactElement, type ReactNode } from 'react';
import { cx } from './cx';

export interface Tab {
  label: string;
  count?: ReactNode;
  active: boolean;
  /** The link that leads to the tab: each tab is a page of its own. */
  link: ReactElement<{ className?: string; children?: ReactNode; 'aria-current'?: 'page' }>;
}

export function TabBar({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav
      aria-label={label}
      className="-mx-3 mb-4 flex gap-1 overflow-x-auto border-b border-line-subtle px-3 sm:-mx-5 sm:px-5"
    >
      {tabs.map((tab) =>
        cloneElement(tab.link, {
          key: tab.label,
          'aria-current': tab.active ? 'page' : undefined,
          className: cx(
            'flex h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap -outline-offset-2',
            tab.active
              ? 'border-accent-solid font-medium text-strong'
              : 'border-transparent text-muted hover:text-strong',
          ),
          children: (
            <>
              {tab.label}
              {tab.count !== undefined && (
                <span className="text-small font-normal text-faint">{tab.count}</span>
              )}
            </>
          ),
        }),
      )}
    </nav>
  );
}

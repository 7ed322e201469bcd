'use client';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { IconButton } from '@/ui/icon-button';
import { Kbd } from '@/ui/kbd';
import { Breadcrumb } from './breadcrumb';
import { NoticeBell } from './notice-bell';
import type { Worst } from './state-title';

interface TopBarProps {
  onFind: () => void;
  onMenu: () => void;
  notices: { count: number; worst: Worst };
}

export function TopBar({ onFind, onMenu, notices }: TopBarProps) {
  return (
    <header className="flex items-center gap-2.5 border-b border-line-subtle px-4 max-sm:px-3">
      <IconButton label="Menu" icon={<MenuIcon />} onClick={onMenu} className="md:hidden" />
      <Breadcrumb />
      <button
        type="button"
        onClick={onFind}
        className="ml-auto flex h-7 w-75 items-center gap-2 rounded-control border border-line-default bg-surface-base px-2 text-faint hover:text-default max-md:w-auto pointer-coarse:h-9"
      >
        <Search className="size-4 text-muted" aria-hidden />
        <span className="max-sm:sr-only">Find or run a command</span>
        <span className="ml-auto max-md:hidden">
          <Kbd>⌘K</Kbd>
        </span>
      </button>
      <NoticeBell {...notices} />
    </header>
  );
}

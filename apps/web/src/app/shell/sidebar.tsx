'use client';
import dynamic from 'next/dynamic';
import { Brand } from './brand';
import { type NavCounts, NavList } from './nav-list';
import type { Person } from './user-menu';

// Loaded after the page, as it brings the menu along; its place is kept.
const UserMenu = dynamic(() => import('./user-menu').then((module) => module.UserMenu), {
  ssr: false,
  loading: () => <div className="h-8" />,
});

export function Sidebar({ counts, person }: { counts: NavCounts; person: Person | null }) {
  return (
    <aside
      aria-label="Sidebar"
      className="row-span-3 flex flex-col gap-3 border-r border-line-subtle px-2 py-2.5 max-md:hidden"
    >
      <div className="px-2 py-1">
        <Brand />
      </div>
      <NavList counts={counts} />
      <div className="mt-auto">
        <UserMenu person={person} />
      </div>
    </aside>
  );
}

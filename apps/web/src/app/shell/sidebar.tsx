'use client';
import { Brand } from './brand';
import { type NavCounts, NavList } from './nav-list';
import { type Person, UserMenu } from './user-menu';

export function Sidebar({ counts, person }: { counts: NavCounts; person: Person | null }) {
  return (
    <div className="row-span-3 flex flex-col gap-3 border-r border-line-subtle px-2 py-2.5 max-md:hidden">
      <div className="px-2 py-1">
        <Brand />
      </div>
      <NavList counts={counts} />
      <div className="mt-auto">
        <UserMenu person={person} />
      </div>
    </div>
  );
}

'use client';
import { CircleUser, Clock, KeyRound, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Menu, MenuChoice, MenuItem, MenuLine } from '@/ui/menu';
import type { Zone } from '@/ui/time-text';
import { useZone } from '@/ui/zone';
import type { Theme } from '../appearance';
import { useTheme } from '../theme';
import { useSignOut } from './use-sign-out';

export interface Person {
  name: string;
  role: string;
}

const themes = [
  { value: 'system', label: 'As the system', icon: <Monitor aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
];
const zones = [
  { value: 'utc', label: 'UTC', icon: <Clock aria-hidden /> },
  { value: 'local', label: 'This browser’s zone', icon: <Clock aria-hidden /> },
];

export function UserMenu({ person }: { person: Person | null }) {
  const { theme, setTheme } = useTheme();
  const { zone, setZone } = useZone();
  const signOut = useSignOut();
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button
          type="button"
          className="flex h-8 w-full items-center gap-2.5 rounded-control px-2 text-muted hover:bg-surface-hover hover:text-strong pointer-coarse:h-11"
        >
          <CircleUser className="size-4 text-faint" strokeWidth={1.75} aria-hidden />
          <span className="truncate">{person?.name ?? 'Account'}</span>
          <span className="ml-auto text-small text-faint">{zone === 'utc' ? 'UTC' : 'local'}</span>
        </button>
      }
    >
      {person && (
        <p className="px-2 py-1 text-small text-muted">
          {person.name}, {person.role}
        </p>
      )}
      <MenuChoice label="Theme" value={theme} options={themes} onChange={(next) => setTheme(next as Theme)} />
      <MenuLine />
      <MenuChoice
        label="Times"
        value={zone === 'utc' ? 'utc' : 'local'}
        options={zones}
        onChange={(next) => setZone(next as Zone)}
      />
      <MenuLine />
      <MenuItem icon={<KeyRound aria-hidden />} render={<Link href={paths.account()} />}>
        Your sign-in…
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

'use client';
import {
  Bell,
  Box,
  Clock,
  KeyRound,
  Layers,
  LogOut,
  Monitor,
  Moon,
  Network,
  Server,
  Sun,
  UserPlus,
} from 'lucide-react';
import { paths } from '@/paths';
import { useZone } from '@/ui/zone';
import { useMayNot } from '../may';
import { useSignOut } from '../shell/use-sign-out';
import { useTheme } from '../theme';
import type { PaletteAction } from './palette-action';

/** What can be begun from everywhere. */
export function useGlobalActions(): PaletteAction[] {
  const operate = useMayNot('operate');
  const administer = useMayNot('administer');
  const { setTheme } = useTheme();
  const { zone, setZone } = useZone();
  const signOut = useSignOut();
  return [
    { key: 'new-jail', label: 'Create a jail', icon: Box, href: paths.jailNew(), reason: operate },
    {
      key: 'new-network',
      label: 'Create a network',
      icon: Network,
      href: paths.networkNew(),
      reason: administer,
    },
    {
      key: 'new-image',
      label: 'Make an image',
      icon: Layers,
      href: paths.images({ do: 'new' }),
      reason: administer,
    },
    { key: 'enrol', label: 'Enrol a host', icon: Server, href: paths.enroll(), reason: administer },
    {
      key: 'invite',
      label: 'Invite a person',
      icon: UserPlus,
      href: `${paths.access('users')}?do=invite`,
      reason: administer,
    },
    {
      key: 'token',
      label: 'Make a token',
      icon: KeyRound,
      href: `${paths.access('tokens')}?do=new`,
      reason: administer,
    },
    { key: 'notices', label: 'Notifications', icon: Bell, href: paths.notifications() },
    {
      key: 'zone',
      label: zone === 'utc' ? 'Show times in this browser’s zone' : 'Show times in UTC',
      detail: 't',
      icon: Clock,
      run: () => setZone(zone === 'utc' ? 'local' : 'utc'),
    },
    { key: 'light', label: 'Theme: light', icon: Sun, run: () => setTheme('light') },
    { key: 'dark', label: 'Theme: dark', icon: Moon, run: () => setTheme('dark') },
    { key: 'system', label: 'Theme: as the system', icon: Monitor, run: () => setTheme('system') },
    { key: 'sign-in', label: 'Your sign-in', icon: KeyRound, href: paths.account() },
    { key: 'sign-out', label: 'Sign out', icon: LogOut, run: () => void signOut() },
  ];
}

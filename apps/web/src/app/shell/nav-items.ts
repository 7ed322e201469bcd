import {
  Box,
  History,
  Layers,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  Network,
  Server,
  UsersRound,
} from 'lucide-react';
import { paths } from '@/paths';

export interface NavItem {
  label: string;
  href: string;
  icon: LucideIcon;
  /** Second key after "g". */
  key: string;
  count?: 'hosts' | 'jails' | 'networks' | 'tasks';
  /** Where its pages begin, when that is not its own URL. */
  under?: string;
}

export const navItems: readonly NavItem[] = [
  { label: 'Overview', href: paths.overview(), icon: LayoutGrid, key: 'o' },
  { label: 'Hosts', href: paths.hosts(), icon: Server, key: 'h', count: 'hosts' },
  { label: 'Jails', href: paths.jails(), icon: Box, key: 'j', count: 'jails' },
  { label: 'Networks', href: paths.networks(), icon: Network, key: 'n', count: 'networks' },
  { label: 'Images', href: paths.images(), icon: Layers, key: 'i' },
  { label: 'Tasks', href: paths.tasks(), icon: ListChecks, key: 't', count: 'tasks' },
  { label: 'Audit', href: paths.audit(), icon: History, key: 'a' },
  { label: 'Access', href: paths.access(), icon: UsersRound, key: 'u', under: '/access' },
];

import { Box, type LucideIcon, Network, Server } from 'lucide-react';
import { paths } from '@/paths';

export interface PaletteAction {
  key: string;
  label: string;
  detail?: string;
  icon: LucideIcon;
  href: string;
  mono?: boolean;
}

const actions: readonly PaletteAction[] = [
  { key: 'new-jail', label: 'Create a jail', icon: Box, href: paths.jailNew() },
  { key: 'new-network', label: 'Create a network', icon: Network, href: paths.networkNew() },
  { key: 'enroll', label: 'Enrol a host', icon: Server, href: paths.enroll() },
];

/** Actions whose words all begin like the words that were typed. */
export function actionsFor(text: string): PaletteAction[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return actions.filter((action) => words.every((word) => action.label.toLowerCase().includes(word)));
}

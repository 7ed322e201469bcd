import type { LucideIcon } from 'lucide-react';

/** One line of the palette: it leads somewhere, or does something that needs no asking. */
export interface PaletteAction {
  key: string;
  label: string;
  detail?: string | undefined;
  icon: LucideIcon;
  mono?: boolean;
  href?: string;
  run?: () => void;
  /** Why it cannot be chosen now; it is shown all the same. */
  reason?: string | null;
}

/** Actions whose words contain all the words that were typed. */
export function matching(actions: readonly PaletteAction[], text: string): PaletteAction[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return actions.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

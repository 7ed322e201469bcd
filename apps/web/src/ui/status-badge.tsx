import {
  CircleCheck,
  CircleHelp,
  CircleStop,
  GraduationCap,
  Loader,
  type LucideIcon,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'idle' | 'unknown' | 'learn';

const looks: Record<Tone, { icon: LucideIcon; text: string; mark: string }> = {
  ok: { icon: CircleCheck, text: 'text-default', mark: 'text-ok-mark' },
  info: { icon: Loader, text: 'text-info-text', mark: 'text-info-mark animate-[spin_2s_linear_infinite]' },
  warn: { icon: TriangleAlert, text: 'text-warn-text', mark: 'text-warn-mark' },
  bad: { icon: OctagonX, text: 'text-bad-text', mark: 'text-bad-mark' },
  idle: { icon: CircleStop, text: 'text-idle-text', mark: 'text-idle-mark' },
  unknown: { icon: CircleHelp, text: 'text-idle-text', mark: 'text-idle-mark' },
  learn: { icon: GraduationCap, text: 'text-learn-text', mark: 'text-learn-mark' },
};

interface StatusBadgeProps {
  tone: Tone;
  children: ReactNode;
  /** Instead of the tone's own icon. */
  icon?: LucideIcon;
  /** The word is kept for screen readers only: for a column of outcomes. */
  iconOnly?: boolean;
}

/** State as icon, word and colour together, so that none of the three is needed to read it. */
export function StatusBadge({ tone, children, icon, iconOnly }: StatusBadgeProps) {
  const look = looks[tone];
  const Icon = icon ?? look.icon;
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-control whitespace-nowrap', look.text)}>
      <Icon
        className={cx('size-3.5 shrink-0', icon && tone === 'info' ? 'text-info-mark' : look.mark)}
        aria-hidden
      />
      <span className={iconOnly ? 'sr-only' : undefined}>{children}</span>
    </span>
  );
}

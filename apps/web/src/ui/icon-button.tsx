'use client';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'children'> {
  /** What it does; read aloud and shown on hover. */
  label: string;
  icon: ReactNode;
  framed?: boolean;
  disabledReason?: string | false | null;
}

export function IconButton({
  label,
  icon,
  framed,
  disabledReason,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      aria-description={disabledReason || undefined}
      data-tip={disabledReason || label}
      aria-disabled={disabledReason ? true : undefined}
      onClick={disabledReason ? undefined : onClick}
      className={cx(
        'inline-grid size-7 shrink-0 place-items-center rounded-control text-muted pointer-coarse:size-9 [&_svg]:size-4',
        'hover:bg-surface-hover hover:text-strong aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
        framed && 'border border-line-default bg-surface-base',
        className,
      )}
    >
      {icon}
    </button>
  );
}

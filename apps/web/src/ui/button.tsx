'use client';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { type ButtonLook, buttonClass } from './button-class';
import { Kbd } from './kbd';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  look?: ButtonLook;
  icon?: ReactNode;
  /** A single key that does the same; shown, not bound. */
  shortcut?: string;
  /** Why it cannot be pressed now. The button stays focusable, so that the reason can be read. */
  disabledReason?: string | false | null;
  pending?: boolean;
}

export function Button({
  look,
  icon,
  shortcut,
  disabledReason,
  pending,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const inert = Boolean(disabledReason) || pending;
  return (
    <button
      {...rest}
      // Here and not around it: it is the same button while the reason comes and goes, and keeps the focus.
      {...(disabledReason && { 'data-tip': disabledReason, 'aria-description': disabledReason })}
      type={type}
      aria-disabled={inert || undefined}
      aria-busy={pending || undefined}
      className={buttonClass(look, className)}
      onClick={(event) => {
        if (inert) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {pending ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
      {shortcut && <Kbd onSolid={look === 'primary'}>{shortcut}</Kbd>}
    </button>
  );
}

'use client';
import { Field as Base } from '@base-ui/react/field';
import { CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value and what to do; the field is marked invalid while it is set. */
  error?: ReactNode;
  optional?: boolean;
  className?: string;
  name?: string;
}

/** Label, control, hint and error as one; the control is told apart by assistive technology through the label. */
export function Field({
  label,
  hint,
  error,
  optional,
  className,
  name,
  children,
}: FieldProps & { children: ReactNode }) {
  return (
    <Base.Root name={name} invalid={Boolean(error)} className={cx('flex flex-col gap-1', className)}>
      <Base.Label className="text-small font-medium text-muted">
        {label}
        {optional && <span className="font-normal text-faint"> (optional)</span>}
      </Base.Label>
      {children}
      {error ? (
        <Base.Error match={true} className="flex items-start gap-1.5 text-small text-bad-text">
          <CircleX className="mt-0.5 size-3 shrink-0" aria-hidden />
          <span>{error}</span>
        </Base.Error>
      ) : (
        hint && <Base.Description className="text-small text-faint">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}

export const controlClass =
  'h-8 w-full min-w-0 rounded-control border border-line-control bg-surface-base px-2 text-body text-strong placeholder:text-faint ' +
  'data-[invalid]:border-bad-mark aria-[invalid=true]:border-bad-mark disabled:opacity-55 pointer-coarse:h-10';

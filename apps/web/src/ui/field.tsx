'use client';
import { CircleX } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId } from 'react';
import { cx } from './cx';
import { Prose } from './prose';

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value and what to do; the field is marked invalid while it is set. */
  error?: ReactNode;
  optional?: boolean;
  className?: string;
  name?: string;
}

interface ControlProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
}

const ControlContext = createContext<ControlProps | null>(null);

/** What ties a control to the label, hint and error of the field around it. */
export function useControlProps(): ControlProps | null {
  return useContext(ControlContext);
}

/** Label, control, hint and error as one. */
export function Field({
  label,
  hint,
  error,
  optional,
  className,
  children,
}: FieldProps & { children: ReactNode }) {
  const id = useId();
  const note = error || hint ? `${id}-note` : undefined;
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-small font-medium text-muted">
        {label}
        {optional && <span className="font-normal text-faint"> (optional)</span>}
      </label>
      <ControlContext value={{ id, 'aria-describedby': note, 'aria-invalid': error ? true : undefined }}>
        {children}
      </ControlContext>
      {error ? (
        <p id={note} role="alert" className="flex items-start gap-1.5 text-small text-bad-text">
          <CircleX className="mt-0.5 size-3 shrink-0" aria-hidden />
          <span>{typeof error === 'string' ? <Prose text={error} /> : error}</span>
        </p>
      ) : (
        hint && (
          <p id={note} className="text-small text-faint">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

export const controlClass =
  'h-8 w-full min-w-0 rounded-control border border-line-control bg-surface-base px-2 text-body text-strong placeholder:text-faint ' +
  'aria-[invalid=true]:border-bad-mark disabled:opacity-55 pointer-coarse:h-10';

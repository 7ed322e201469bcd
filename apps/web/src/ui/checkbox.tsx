'use client';
import { Check } from 'lucide-react';
import { type ReactNode, useId } from 'react';

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  hint?: ReactNode;
  name?: string;
  disabled?: boolean;
}

export function Checkbox({ checked, onChange, children, hint, name, disabled }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex min-h-6 items-start gap-2 py-0.5">
      <span className="relative mt-[3px] grid size-3.5 shrink-0 place-items-center">
        <input
          id={id}
          type="checkbox"
          name={name}
          checked={checked}
          disabled={disabled}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.currentTarget.checked)}
          // The box is drawn at 14 px and can be hit at 24.
          className="peer size-3.5 appearance-none rounded-cell border border-line-control bg-surface-base before:absolute before:-inset-[5px] checked:border-accent-solid checked:bg-accent-solid disabled:opacity-55"
        />
        <Check
          className="pointer-events-none absolute size-[11px] text-on-accent opacity-0 peer-checked:opacity-100"
          strokeWidth={3}
          aria-hidden
        />
      </span>
      <span>
        <label htmlFor={id} className="text-default">
          {children}
        </label>
        {hint && (
          <span id={`${id}-hint`} className="block text-small text-faint">
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}

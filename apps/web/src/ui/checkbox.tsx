'use client';
import { Checkbox as Base } from '@base-ui/react/checkbox';
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
    <label htmlFor={id} className="flex min-h-6 items-start gap-2 py-0.5">
      <Base.Root
        id={id}
        name={name}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="mt-[3px] grid size-3.5 shrink-0 place-items-center rounded-cell border border-line-control bg-surface-base data-[checked]:border-accent-solid data-[checked]:bg-accent-solid data-[disabled]:opacity-55"
      >
        <Base.Indicator className="text-on-accent">
          <Check className="size-[11px]" strokeWidth={3} aria-hidden />
        </Base.Indicator>
      </Base.Root>
      <span>
        <span className="text-default">{children}</span>
        {hint && <span className="block text-small text-faint">{hint}</span>}
      </span>
    </label>
  );
}

'use client';
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './cx';
import { controlClass, Field, type FieldProps, useControlProps } from './field';

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

interface SelectFieldProps
  extends FieldProps,
    Omit<ComponentProps<'select'>, 'className' | 'children' | 'id'> {
  options: readonly SelectOption[];
}

/** The browser's own select: right on a phone, with a screen reader and without a pointer. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  className,
  options,
  ...select
}: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      <div className="relative">
        <Select options={options} {...select} />
        <ChevronDown
          className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-muted"
          aria-hidden
        />
      </div>
    </Field>
  );
}

function Select({ options, ...select }: ComponentProps<'select'> & { options: readonly SelectOption[] }) {
  return (
    <select {...select} {...useControlProps()} className={cx(controlClass, 'appearance-none pr-7')}>
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

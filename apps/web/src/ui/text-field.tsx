'use client';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx';
import { controlClass, Field, type FieldProps, useControlProps } from './field';

interface TextFieldProps extends FieldProps, Omit<ComponentProps<'input'>, 'className' | 'id'> {
  mono?: boolean;
  /** Stands right of the input: a unit, a button. */
  after?: ReactNode;
}

export function TextField({
  label,
  hint,
  error,
  optional,
  className,
  mono,
  after,
  ...input
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      <div className="flex items-center gap-2">
        <Input mono={mono} {...input} />
        {after}
      </div>
    </Field>
  );
}

function Input({ mono, ...input }: ComponentProps<'input'> & { mono?: boolean | undefined }) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...input}
      {...useControlProps()}
      className={cx(controlClass, mono && 'mono')}
    />
  );
}

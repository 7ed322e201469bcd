'use client';
import { Field as Base } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx';
import { controlClass, Field, type FieldProps } from './field';

interface TextFieldProps extends FieldProps, Omit<ComponentProps<'input'>, 'className' | 'name'> {
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
  name,
  mono,
  after,
  ...input
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className} name={name}>
      <div className="flex items-center gap-2">
        <Base.Control
          autoComplete="off"
          spellCheck={false}
          {...input}
          name={name}
          className={cx(controlClass, mono && 'mono')}
        />
        {after}
      </div>
    </Field>
  );
}

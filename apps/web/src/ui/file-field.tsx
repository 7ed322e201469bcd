'use client';
import { cx } from './cx';
import { controlClass, Field, type FieldProps, useControlProps } from './field';

interface FileFieldProps extends FieldProps {
  onChoose: (file: File | null) => void;
}

/** The browser's own choice of one file, which can also be dropped on it. */
export function FileField({ label, hint, error, optional, className, onChoose }: FileFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      <FileInput onChoose={onChoose} />
    </Field>
  );
}

function FileInput({ onChoose }: Pick<FileFieldProps, 'onChoose'>) {
  return (
    <input
      type="file"
      {...useControlProps()}
      onChange={(event) => onChoose(event.currentTarget.files?.[0] ?? null)}
      className={cx(
        controlClass,
        'py-1 pl-1 leading-[22px] file:mr-2 file:h-[22px] file:rounded-control file:border-0 file:bg-surface-hover file:px-2 file:text-control file:text-strong pointer-coarse:leading-[30px] pointer-coarse:file:h-[30px]',
      )}
    />
  );
}

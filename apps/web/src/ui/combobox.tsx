'use client';
import { Combobox as Base } from '@base-ui/react/combobox';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { controlClass, Field, type FieldProps, useControlProps } from './field';

export interface ComboboxItem {
  value: string;
  label: string;
  detail?: ReactNode;
}

interface ComboboxProps extends FieldProps {
  items: readonly ComboboxItem[];
  value: string | null;
  onChange: (value: string | null) => void;
  placeholder?: string;
  empty?: string;
  autoFocus?: boolean;
}

/** One of many, found by typing. */
export function Combobox({
  items,
  value,
  onChange,
  placeholder,
  empty = 'Nothing matches.',
  autoFocus,
  ...field
}: ComboboxProps) {
  const selected = items.find((item) => item.value === value) ?? null;
  return (
    <Field {...field}>
      <Base.Root
        items={[...items]}
        value={selected}
        onValueChange={(item: ComboboxItem | null) => onChange(item?.value ?? null)}
      >
        <div className="relative">
          <ComboboxInput placeholder={placeholder} autoFocus={autoFocus} />
          <Base.Trigger
            aria-label="Show all"
            className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center text-muted"
          >
            <ChevronDown className="size-3.5" aria-hidden />
          </Base.Trigger>
        </div>
        <Base.Portal>
          <Base.Positioner sideOffset={4} className="z-50">
            <Base.Popup className="overlay-in max-h-72 w-(--anchor-width) overflow-y-auto rounded-note border border-line-default bg-surface-overlay p-1 shadow-overlay">
              <Base.Empty className="empty:hidden p-2 text-muted">{empty}</Base.Empty>
              <Base.List>
                {(item: ComboboxItem) => (
                  <Base.Item
                    key={item.value}
                    value={item}
                    className="flex min-h-8 items-center gap-2 rounded-control px-2 data-[highlighted]:bg-surface-hover"
                  >
                    <span className="flex-1 truncate text-strong">{item.label}</span>
                    {item.detail && <span className="text-small text-muted">{item.detail}</span>}
                    <Base.ItemIndicator>
                      <Check className="size-3.5 text-accent-text" aria-hidden />
                    </Base.ItemIndicator>
                  </Base.Item>
                )}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  );
}

function ComboboxInput(props: { placeholder?: string | undefined; autoFocus?: boolean | undefined }) {
  return <Base.Input {...props} {...useControlProps()} className={cx(controlClass, 'pr-8')} />;
}

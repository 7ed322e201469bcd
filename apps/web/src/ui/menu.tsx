'use client';
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx';

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  children: ReactNode;
  side?: 'bottom' | 'top';
  align?: 'start' | 'end';
}

export function Menu({ trigger, children, side = 'bottom', align = 'end' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} className="z-50">
          <Base.Popup className="overlay-in min-w-48 rounded-note border border-line-default bg-surface-overlay p-1 shadow-overlay">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const itemClass =
  'flex min-h-7 cursor-default items-center gap-2 rounded-control px-2 py-1 text-default outline-none data-[highlighted]:bg-surface-hover data-[highlighted]:text-strong [&_svg]:size-3.5 [&_svg]:text-muted pointer-coarse:min-h-10';

interface MenuItemProps {
  children: ReactNode;
  icon?: ReactNode;
  danger?: boolean;
  /** Why it cannot be chosen now; shown below the name. */
  disabledReason?: string | false | null;
  onSelect?: () => void;
  /** A link to render instead of an action. */
  render?: ReactElement;
}

export function MenuItem({ children, icon, danger, disabledReason, onSelect, render }: MenuItemProps) {
  return (
    <Base.Item
      disabled={Boolean(disabledReason)}
      onClick={onSelect}
      render={render}
      className={cx(itemClass, danger && 'text-bad-text [&_svg]:text-bad-mark', 'data-[disabled]:text-faint')}
    >
      {icon}
      <span className="flex flex-col">
        {children}
        {disabledReason && <span className="max-w-56 text-small text-faint">{disabledReason}</span>}
      </span>
    </Base.Item>
  );
}

interface MenuChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string; icon?: ReactNode }[];
  onChange: (value: string) => void;
}

export function MenuChoice({ label, value, options, onChange }: MenuChoiceProps) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-0.5 text-micro text-faint">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={onChange}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick={false} className={itemClass}>
            {option.icon}
            <span className="flex-1">{option.label}</span>
            <Base.RadioItemIndicator className="text-accent-text">●</Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

interface MenuChecksProps {
  label: string;
  options: readonly { value: string; label: string; note?: string | false }[];
  checked: readonly string[];
  onChange: (checked: string[]) => void;
}

/** Several of a few; the menu stays open. The order is that of the options. */
export function MenuChecks({ label, options, checked, onChange }: MenuChecksProps) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-0.5 text-micro text-faint">{label}</Base.GroupLabel>
      {options.map((option) => (
        <Base.CheckboxItem
          key={option.value}
          checked={checked.includes(option.value)}
          closeOnClick={false}
          onCheckedChange={(on) =>
            onChange(
              options
                .map(({ value }) => value)
                .filter((value) => (value === option.value ? on : checked.includes(value))),
            )
          }
          className={itemClass}
        >
          <span className="flex flex-1 flex-col">
            {option.label}
            {option.note && <span className="text-small text-faint">{option.note}</span>}
          </span>
          <Base.CheckboxItemIndicator className="text-accent-text">
            <Check aria-hidden />
          </Base.CheckboxItemIndicator>
        </Base.CheckboxItem>
      ))}
    </Base.Group>
  );
}

export function MenuLine() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line-subtle" />;
}

import { cx } from './cx';

export type ButtonLook = 'default' | 'primary' | 'danger' | 'danger-solid' | 'quiet';

const looks: Record<ButtonLook, string> = {
  default: 'border-line-default bg-surface-base text-default hover:bg-surface-hover',
  primary: 'border-transparent bg-accent-solid text-on-accent hover:brightness-110',
  danger: 'border-line-default bg-surface-base text-bad-text hover:bg-bad-tint',
  'danger-solid': 'border-transparent bg-bad-solid text-on-accent hover:brightness-110',
  quiet: 'border-transparent bg-transparent text-muted hover:bg-surface-hover hover:text-strong',
};

/** The look of a button, for a link that leads where a button would. */
export function buttonClass(look: ButtonLook = 'default', extra?: string): string {
  return cx(
    'inline-flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-control border px-2.5',
    'text-control font-medium select-none [&_svg]:size-3.5 [&_svg]:shrink-0 pointer-coarse:h-9',
    'aria-disabled:cursor-not-allowed aria-disabled:opacity-55 aria-disabled:hover:brightness-100',
    looks[look],
    extra,
  );
}

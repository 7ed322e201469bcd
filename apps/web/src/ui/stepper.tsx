import { Check } from 'lucide-react';
import { cx } from './cx';

interface StepperProps {
  steps: readonly string[];
  current: number;
  /** Steps that are behind one, whether or not they come before the current one. */
  done: readonly boolean[];
}

export function Stepper({ steps, current, done }: StepperProps) {
  return (
    <ol className="flex flex-wrap gap-x-5 gap-y-1">
      {steps.map((step, at) => (
        <li
          key={step}
          aria-current={at === current ? 'step' : undefined}
          className={cx('flex items-center gap-2', at === current ? 'font-medium text-strong' : 'text-muted')}
        >
          <span
            aria-hidden
            className={cx(
              'grid size-5 place-items-center rounded-full border text-micro font-medium',
              done[at]
                ? 'border-transparent bg-ok-tint text-ok-text'
                : at === current
                  ? 'border-transparent bg-accent-solid text-on-accent'
                  : 'border-line-control',
            )}
          >
            {done[at] ? <Check className="size-3" /> : at + 1}
          </span>
          {step}
          {done[at] && <span className="sr-only">, done</span>}
        </li>
      ))}
    </ol>
  );
}

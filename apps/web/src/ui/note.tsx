import { CircleCheck, Info, OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { Prose } from './prose';

type NoteTone = 'bad' | 'warn' | 'ok' | 'info';

const looks = {
  bad: { icon: OctagonX, className: 'bg-bad-tint text-bad-text' },
  warn: { icon: TriangleAlert, className: 'bg-warn-tint text-warn-text' },
  ok: { icon: CircleCheck, className: 'bg-ok-tint text-ok-text' },
  info: { icon: Info, className: 'bg-info-tint text-info-text' },
} as const;

interface NoteProps {
  tone: NoteTone;
  title?: ReactNode;
  children?: ReactNode;
  className?: string;
  /** Read aloud when it appears. */
  live?: boolean;
}

export function Note({ tone, title, children, className, live }: NoteProps) {
  const { icon: Icon, className: look } = looks[tone];
  return (
    <div
      role={live ? 'alert' : undefined}
      className={cx('flex gap-2.5 rounded-note px-3 py-2.5', look, className)}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 [&_a]:underline [&_button.link]:underline">
        {title && (
          <p className="font-semibold">{typeof title === 'string' ? <Prose text={title} /> : title}</p>
        )}
        {children}
      </div>
    </div>
  );
}

import type { ReactNode } from 'react';
import { cx } from './cx';

interface PanelProps {
  title?: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

export function Panel({ title, meta, actions, children, className }: PanelProps) {
  return (
    <section className={cx('min-w-0 rounded-panel border border-line-subtle bg-surface-base', className)}>
      {title && <PanelHead title={title} meta={meta} actions={actions} />}
      {children}
    </section>
  );
}

/** The head of a panel or of a part within it. */
export function PanelHead({
  title,
  meta,
  actions,
  inner,
}: Pick<PanelProps, 'title' | 'meta' | 'actions'> & { inner?: boolean }) {
  return (
    <header
      className={cx(
        'flex min-h-[38px] flex-wrap items-center gap-x-2 border-b border-line-subtle px-3 py-1',
        inner && 'border-t',
      )}
    >
      <h2 className="flex items-center gap-2 font-medium text-strong">{title}</h2>
      {meta && <span className="text-muted">{meta}</span>}
      {actions && <div className="ml-auto flex items-center gap-1.5">{actions}</div>}
    </header>
  );
}

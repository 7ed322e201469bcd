import type { ReactNode } from 'react';
import { cx } from './cx';

interface PageHeaderProps {
  title: ReactNode;
  mono?: boolean;
  /** Count, state, addresses: what one wants to know beside the name. */
  meta?: ReactNode;
  actions?: ReactNode;
}

/** On a narrow screen the actions stand beside the title, whatever there is to know below it. */
export function PageHeader({ title, mono, meta, actions }: PageHeaderProps) {
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-2 gap-y-2">
      <h1
        className={cx(
          'text-title font-semibold text-strong wrap-anywhere max-sm:min-w-0',
          // An address is not broken for what stands beside it.
          mono ? 'font-mono max-sm:flex-auto' : 'max-sm:flex-1',
        )}
      >
        {title}
      </h1>
      {meta && (
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted max-sm:order-1 max-sm:w-full max-sm:empty:hidden">
          {meta}
        </div>
      )}
      {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}

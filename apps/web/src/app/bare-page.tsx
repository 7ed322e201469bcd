import type { ReactNode } from 'react';
import { Brand } from './shell/brand';

interface BarePageProps {
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** The page's name, where its content has no heading of its own. */
  title?: string;
}

/** A page for somebody who has not signed in: no navigation, one column. */
export function BarePage({ children, footer, wide, title }: BarePageProps) {
  return (
    <div className="flex min-h-dvh flex-col items-center gap-6 px-4 py-10 max-sm:px-3 max-sm:py-5">
      <header>
        <Brand />
      </header>
      <main className={wide ? 'w-full max-w-4xl' : 'w-full max-w-sm'}>
        {title && <h1 className="sr-only">{title}</h1>}
        {children}
      </main>
      {footer && <footer className="mt-auto text-small text-faint">{footer}</footer>}
    </div>
  );
}

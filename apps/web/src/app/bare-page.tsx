import type { ReactNode } from 'react';
import { Brand } from './shell/brand';

interface BarePageProps {
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
}

/** A page for somebody who has not signed in: no navigation, one column. */
export function BarePage({ children, footer, wide }: BarePageProps) {
  return (
    <div className="flex min-h-dvh flex-col items-center gap-6 px-4 py-10 max-sm:px-3 max-sm:py-5">
      <Brand />
      <main className={wide ? 'w-full max-w-4xl' : 'w-full max-w-sm'}>{children}</main>
      {footer && <footer className="mt-auto text-small text-faint">{footer}</footer>}
    </div>
  );
}

import type { ReactNode } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { buttonClass } from '@/ui/button-class';

/** What is next, and the way out: set-up goes on whenever one comes back. */
export function SetupActions({ children }: { children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      {children}
      <Link href={paths.overview()} className={buttonClass('quiet', 'ml-auto')}>
        Skip to the overview
      </Link>
    </div>
  );
}

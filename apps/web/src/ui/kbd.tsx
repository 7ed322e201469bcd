import type { ReactNode } from 'react';
import { cx } from './cx';

/** A key, as printed on it. Hidden where there is no keyboard. */
export function Kbd({ children, onSolid }: { children: ReactNode; onSolid?: boolean }) {
  return (
    <kbd
      className={cx(
        'rounded-cell border px-1 font-mono text-micro font-medium pointer-coarse:hidden',
        onSolid ? 'border-current' : 'border-line-default text-muted',
      )}
    >
      {children}
    </kbd>
  );
}

import type { ReactNode } from 'react';
import { CommandLine } from './command-line';

interface EmptyStateProps {
  /** One sentence on what lives here. */
  children: ReactNode;
  action?: ReactNode;
  /** The same from a terminal. */
  command?: string;
}

export function EmptyState({ children, action, command }: EmptyStateProps) {
  return (
    <div className="flex max-w-xl flex-col items-start gap-3 px-2 py-8">
      <p className="text-muted">{children}</p>
      {action}
      {command && (
        <div className="flex w-full flex-col gap-1">
          <span className="text-small text-faint">Or in a terminal</span>
          <CommandLine command={command} />
        </div>
      )}
    </div>
  );
}

import type { ReactNode } from 'react';
import { Button } from './button';
import { CopyButton } from './copy-button';
import { Note } from './note';
import { Prose } from './prose';

export interface Problem {
  /** What failed and why. */
  cause: string;
  /** What to do about it. */
  fix?: string;
  requestId?: string;
}

interface ErrorPanelProps {
  problem: Problem;
  onRetry?: () => void;
  children?: ReactNode;
  className?: string;
}

/** What failed, what to do, and the id under which the server recorded it. */
export function ErrorPanel({ problem, onRetry, children, className }: ErrorPanelProps) {
  const text = [problem.cause, problem.fix, problem.requestId && `Request ${problem.requestId}`]
    .filter(Boolean)
    .join('\n');
  return (
    <Note tone="bad" title={problem.cause} live className={className}>
      {problem.fix && (
        <p>
          <Prose text={problem.fix} />
        </p>
      )}
      {children}
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        {onRetry && <Button onClick={onRetry}>Try again</Button>}
        {problem.requestId && <span className="mono">{problem.requestId}</span>}
        <CopyButton text={text} label="Copy this error" />
      </div>
    </Note>
  );
}

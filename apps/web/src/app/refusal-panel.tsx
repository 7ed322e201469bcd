'use client';
import { refusalOf } from '@/trpc/refusal';
import { ErrorPanel } from '@/ui/error-panel';

interface RefusalPanelProps {
  error: unknown;
  onRetry?: () => void;
  className?: string;
}

/** A call that failed, as the server explains it. */
export function RefusalPanel({ error, onRetry, className }: RefusalPanelProps) {
  const { message, cause, fix, requestId } = refusalOf(error);
  const text = cause && cause !== message ? `${message} ${cause}` : message;
  return <ErrorPanel problem={{ cause: text, fix, requestId }} onRetry={onRetry} className={className} />;
}

'use client';
import { ErrorPanel } from '@/ui/error-panel';

/** A fault of the page itself; what the server refuses is shown where it belongs. */
export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <ErrorPanel
      problem={{
        cause: `This page failed: ${error.message}`,
        fix: 'Nothing was changed by it. Try again; if it stays so, copy this and tell whoever looks after Cellblock.',
        requestId: error.digest,
      }}
      onRetry={reset}
    />
  );
}

import type { Refusal } from '@cellblock/shared/app-error';
import { Note } from '@/ui/note';

/** What stands in the way, and what to do about it; `onTake` offers the address that the server proposes. */
export function ConflictNote({
  conflict,
  onTake,
}: {
  conflict: Refusal;
  onTake?: (address: string) => void;
}) {
  const suggestion = conflict.evidence?.suggestion;
  return (
    <Note tone="bad" title={conflict.message} live>
      {conflict.cause && conflict.cause !== conflict.message && <p>{conflict.cause}</p>}
      {conflict.fix && <p>{conflict.fix}</p>}
      {onTake && typeof suggestion === 'string' && (
        <button type="button" className="link min-h-6" onClick={() => onTake(suggestion)}>
          Take {suggestion}
        </button>
      )}
    </Note>
  );
}

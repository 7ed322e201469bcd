import type { Refusal } from '@cellblock/shared/app-error';
import type { ReactNode } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Note } from '@/ui/note';
import { Prose } from '@/ui/prose';

interface ConflictNoteProps {
  conflict: Refusal;
  /** Takes the address that the server proposes instead. */
  onTake?: ((address: string) => void) | undefined;
  /** Another way out than an address: what it says and does. */
  take?: { text: string; onPress: () => void } | undefined;
  /** Moves the address from its holder to here. */
  onMove?: ((address: string) => void) | undefined;
}

/** What stands in the way, why, and what to do about it: as sentences, and as something to press where there is. */
export function ConflictNote({ conflict, onTake, onMove, take }: ConflictNoteProps) {
  const { next, address, kind, holder } = conflict.evidence ?? {};
  const acts: ReactNode[] = [];
  if (onTake && typeof next === 'string')
    acts.push(<Act key="take" text={`Take ${next}`} onPress={() => onTake(next)} />);
  if (take) acts.push(<Act key="way" text={take.text} onPress={take.onPress} />);
  if (onMove && kind === 'assigned' && typeof address === 'string') {
    acts.push(<Act key="move" text="Move it here" onPress={() => onMove(address)} />);
  }
  if (kind && holder && typeof address === 'string') {
    acts.push(
      <Link key="open" href={paths.address(address)} className="inline-flex min-h-6 items-center">
        Open {address}
      </Link>,
    );
  }
  return (
    <Note tone="bad" title={conflict.message} live>
      {conflict.cause && conflict.cause !== conflict.message && (
        <p>
          <Prose text={conflict.cause} />
        </p>
      )}
      {conflict.fix && (
        <p>
          <Prose text={conflict.fix} />
        </p>
      )}
      {acts.length > 0 && <p className="flex flex-wrap gap-x-4">{acts}</p>}
      {conflict.requestId && <p className="mono mt-1">{conflict.requestId}</p>}
    </Note>
  );
}

function Act({ text, onPress }: { text: string; onPress: () => void }) {
  return (
    <button type="button" className="link inline-flex min-h-6 items-center font-medium" onClick={onPress}>
      {text}
    </button>
  );
}

import type { ReactNode } from 'react';
import { CommandLine } from '@/ui/command-line';
import { Note } from '@/ui/note';

/** A secret that nobody can look up later: we keep its hash. */
export function ShownOnce({ secret, children }: { secret: string; children: ReactNode }) {
  return (
    <>
      <Note tone="warn" title="Shown this once">
        Copy it now. We keep only its hash, so nobody can show it again.
      </Note>
      <CommandLine command={secret} />
      <div className="text-muted">{children}</div>
    </>
  );
}

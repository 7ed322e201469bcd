import { CopyButton } from '@/ui/copy-button';
import { Prose } from '@/ui/prose';
import { commandInFix } from './command-in-fix';

/** What to do about it: a sentence to read, or a command to take along. */
export function WhatToDo({ fix }: { fix: string }) {
  const { words, command } = commandInFix(fix);
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-muted">
      {words && (
        <span className="min-w-0">
          <Prose text={words} />
        </span>
      )}
      {command && (
        <span className="inline-flex min-w-0 items-center gap-1">
          <span className="mono min-w-0 break-words">{command}</span>
          <CopyButton text={command} label="Copy the command" />
        </span>
      )}
    </p>
  );
}

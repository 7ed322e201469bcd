import { CopyButton } from './copy-button';

/** A command to run in a terminal, one click from the clipboard. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex items-center gap-2 rounded-control border border-line-subtle bg-surface-sunken py-1 pr-1 pl-2.5">
      <code className="mono min-w-0 flex-1 text-default [overflow-wrap:anywhere]">{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}

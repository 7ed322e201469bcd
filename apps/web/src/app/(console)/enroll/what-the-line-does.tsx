import type { EnrolmentMade } from '@cellblock/shared/views/enrolment-view';
import { Note } from '@/ui/note';
import { bytesText } from '@/ui/number-text';

/** What a careful person wants to know before pasting it as root. */
export function WhatTheLineDoes({ made: { archive } }: { made: EnrolmentMade }) {
  if (!archive) {
    return (
      <Note tone="info" title="This dashboard runs out of a clone.">
        It has no archive to hand out: the machine needs a clone of the repository too.
      </Note>
    );
  }
  return (
    <details className="rounded-control border border-line-subtle px-3 py-2">
      <summary className="cursor-pointer text-default">What it does on the host</summary>
      <ol className="mt-2 flex list-decimal flex-col gap-1.5 pl-5 text-muted">
        <li>
          Fetches the agent from this dashboard ({bytesText(archive.bytes)}, curl or wget) and compares its
          SHA-256 before anything of it runs:
          <code className="mono mt-0.5 block text-default [overflow-wrap:anywhere]">{archive.sha256}</code>
        </li>
        <li>Looks at kernel, disk and this line, and changes nothing if one of them will not do.</li>
        <li>
          Puts Node and the agent into /var/lib/cellblock (or behind the line: --data DIR), a link
          /usr/local/bin/cellblock, two system users, a bounds file, and a systemd unit where systemd runs.
        </li>
        <li>
          Makes the host’s key, which never leaves it, connects to this dashboard, whose key the line names,
          and prints the fingerprint to compare here.
        </li>
        <li>
          Pasted again, it updates the agent; jails keep running.{' '}
          <code className="mono">cellblock agent purge</code> removes all of it.
        </li>
      </ol>
    </details>
  );
}

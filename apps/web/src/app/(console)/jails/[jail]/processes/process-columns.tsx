import type { JailProcess, ProcessRow } from '@cellblock/shared/jail-process';
import { Ellipsis, OctagonX, Power } from 'lucide-react';
import type { Column } from '@/ui/data-table';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { bytesText } from '@/ui/number-text';

const INDENT_PX = 14;
const DEEPEST = 8;

export function processColumns(on: {
  onSignal: (process: JailProcess, signal: 'TERM' | 'KILL') => void;
}): Column<ProcessRow>[] {
  return [
    {
      key: 'jailPid',
      header: 'Pid',
      width: 'w-16',
      align: 'right',
      mono: true,
      cell: ({ process }) => process.jailPid ?? '–',
    },
    {
      key: 'pid',
      header: 'On the host',
      width: 'w-24',
      align: 'right',
      mono: true,
      from: 'md',
      cell: ({ process }) => process.pid,
    },
    {
      key: 'uid',
      header: 'User',
      width: 'w-16',
      align: 'right',
      mono: true,
      from: 'sm',
      cell: ({ process }) => process.uid ?? 'other',
    },
    {
      key: 'memory',
      header: 'Memory',
      width: 'w-24',
      align: 'right',
      mono: true,
      from: 'sm',
      cell: ({ process }) => bytesText(process.memoryBytes),
    },
    {
      key: 'cpu',
      header: 'CPU time',
      width: 'w-24',
      align: 'right',
      mono: true,
      from: 'md',
      cell: ({ process }) => `${process.cpuSeconds.toFixed(1)}\u2009s`,
    },
    {
      key: 'command',
      header: 'Command',
      cell: ({ process, depth }) => (
        // Its own words: shown as text, in one direction, cut where the row ends
        <bdi
          dir="ltr"
          className="mono block truncate"
          title={process.command ?? process.name}
          style={{ paddingLeft: Math.min(depth, DEEPEST) * INDENT_PX }}
        >
          {process.command ?? `[${process.name}]`}
          {process.state === 'Z' && <span className="font-sans text-muted"> ended, not yet waited for</span>}
          {process.state === 'D' && <span className="font-sans text-warn-text"> waits for the disk</span>}
          <span className="block truncate leading-[18px] text-muted sm:hidden">
            uid {process.uid ?? 'other'} · {bytesText(process.memoryBytes)} · {process.pid} on the host
          </span>
        </bdi>
      ),
    },
    {
      key: 'acts',
      header: <span className="sr-only">Signal</span>,
      width: 'w-11',
      align: 'right',
      cell: ({ process }) => (
        <Menu
          trigger={
            <IconButton
              label={`Signal process ${process.jailPid ?? process.pid}`}
              icon={<Ellipsis aria-hidden />}
            />
          }
        >
          <MenuItem icon={<Power aria-hidden />} onSelect={() => on.onSignal(process, 'TERM')}>
            Ask it to end (TERM)
          </MenuItem>
          <MenuItem icon={<OctagonX aria-hidden />} danger onSelect={() => on.onSignal(process, 'KILL')}>
            Kill it (KILL)
          </MenuItem>
        </Menu>
      ),
    },
  ];
}

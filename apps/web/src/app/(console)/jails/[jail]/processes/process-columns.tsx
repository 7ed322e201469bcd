import type { JailProcess } from '@cellblock/shared/jail-process';
import type { ProcessRow } from '@cellblock/shared/process-rows';
import dynamic from 'next/dynamic';
import type { Column } from '@/ui/data-table';
import { bytesText } from '@/ui/number-text';

const SignalMenu = dynamic(() => import('./signal-menu').then((module) => module.SignalMenu), { ssr: false });

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
            uid {process.uid ?? 'other'} · {bytesText(process.memoryBytes)} · host {process.pid}
          </span>
        </bdi>
      ),
    },
    {
      key: 'acts',
      header: <span className="sr-only">Signal</span>,
      width: 'w-11',
      align: 'right',
      cell: ({ process }) => <SignalMenu process={process} onSignal={on.onSignal} />,
    },
  ];
}

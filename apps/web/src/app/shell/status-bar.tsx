'use client';
import { CloudOff, LoaderCircle, Radio } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Moment } from '@/ui/moment';
import { useNow } from '@/ui/now';
import { clockText } from '@/ui/time-text';
import { zoneLabel } from '@/ui/time-zone';
import { useZone } from '@/ui/zone';
import type { LiveState } from './live';

// Loaded after the page, as it brings the menu along.
const TaskTray = dynamic(() => import('./task-tray').then((module) => module.TaskTray), { ssr: false });

interface StatusBarProps {
  live: LiveState;
  hosts: { reporting: number; total: number } | null;
  lastEventAt: string | null;
}

export function StatusBar({ live, hosts, lastEventAt }: StatusBarProps) {
  const { zone } = useZone();
  const now = useNow();
  return (
    <footer className="col-start-2 flex items-center gap-3.5 overflow-hidden border-t border-line-subtle px-4 text-small whitespace-nowrap text-muted max-md:col-start-1 max-sm:px-3">
      <span role="status" className="inline-flex items-center gap-1.5">
        {live.kind === 'live' && (
          <>
            <Radio className="size-3.5 text-ok-mark" aria-hidden /> Live
          </>
        )}
        {live.kind === 'connecting' && (
          <>
            <LoaderCircle className="size-3.5 animate-spin text-info-mark" aria-hidden /> Connecting
          </>
        )}
        {live.kind === 'lost' && (
          <>
            <CloudOff className="size-3.5 text-warn-mark" aria-hidden /> Reconnecting, data as of{' '}
            {clockText(live.since, zone)}
          </>
        )}
      </span>
      {hosts && (
        <span>
          {hosts.reporting} of {hosts.total} {hosts.total === 1 ? 'host' : 'hosts'}{' '}
          <span className="max-sm:hidden">reporting</span>
        </span>
      )}
      {lastEventAt && (
        <span className="max-md:hidden">
          Last event <Moment at={lastEventAt} />
        </span>
      )}
      <span className="ml-auto">
        <TaskTray />
      </span>
      {now && (
        <span className="max-sm:hidden" suppressHydrationWarning>
          {clockText(now, zone)} {zoneLabel(zone)}
        </span>
      )}
    </footer>
  );
}

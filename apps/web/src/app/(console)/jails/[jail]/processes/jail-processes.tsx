'use client';
import type { JailProcess } from '@cellblock/shared/jail-process';
import { processTree } from '@cellblock/shared/process-rows';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Panel } from '@/ui/panel';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { useJail } from '../use-jail';
import { processColumns } from './process-columns';
import { SightPanel } from './sight-panel';

const SignalDialog = dynamic(() => import('./signal-dialog').then((module) => module.SignalDialog), {
  ssr: false,
});

const EVERY_MS = 2_000;

export function JailProcesses() {
  return (
    <Loaded query={useJail()}>
      {(jail) => (
        <div className="flex min-w-0 flex-col gap-4">
          <Processes jail={jail} />
          <SightPanel jail={jail} />
        </div>
      )}
    </Loaded>
  );
}

function Processes({ jail }: { jail: JailView }) {
  const trpc = useTRPC();
  const denied = useMayNot('operate');
  const [asked, setAsked] = useState<{ process: JailProcess; signal: 'TERM' | 'KILL' } | null>(null);
  const runs = jail.state === 'running' || jail.state === 'stopping' || jail.state === 'starting';
  const query = useQuery(
    trpc.jails.processes.queryOptions(
      { jail: jail.id },
      { enabled: runs && denied === null, refetchInterval: EVERY_MS, retry: false },
    ),
  );
  const rows = useMemo(() => processTree(query.data?.processes ?? []), [query.data]);
  const columns = useMemo(
    () => processColumns({ onSignal: (process, signal) => setAsked({ process, signal }) }),
    [],
  );
  if (denied) return <EmptyState>{denied}</EmptyState>;
  if (!runs) {
    return (
      <EmptyState command={`cellblock start ${jail.name}`}>
        {jail.state === 'unknown'
          ? `${jail.host.name} is silent: nobody knows what runs in ${jail.name} now.`
          : `${jail.name} does not run, so it has no processes.`}
      </EmptyState>
    );
  }
  const { data, error } = query;
  return (
    <div className="flex flex-col gap-3">
      {data && error && <RefusalPanel error={error} onRetry={() => void query.refetch()} />}
      <Loaded query={query} waitingFor={`${jail.host.name} has not answered yet.`}>
        {({ total, processes }) => (
          <Panel
            title="Processes"
            meta={
              processes.length < total
                ? `the first ${processes.length} of ${total}, as ${jail.host.name} sees them`
                : `${total}, as ${jail.host.name} sees them, every 2 s`
            }
          >
            <DataTable
              label={`Processes of ${jail.name}`}
              columns={columns}
              rows={rows}
              rowKey={({ process }) => `${process.pid}-${process.startTime}`}
              density="compact"
              empty={<p className="p-3 text-muted">It has none right now.</p>}
            />
          </Panel>
        )}
      </Loaded>
      {asked && <SignalDialog jail={jail} {...asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

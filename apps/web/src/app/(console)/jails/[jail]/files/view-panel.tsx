'use client';
import { viewTree } from '@cellblock/shared/view-tree';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useMemo } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { Panel } from '@/ui/panel';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { viewColumns } from './view-columns';
import { viewRows } from './view-rows';

/** Every mount that the jail is to see; with a proof, what it has beside that. */
export function ViewPanel({ jail }: { jail: JailView }) {
  const trpc = useTRPC();
  const denied = useMayNot('operate');
  const prove = useMutation(trpc.jails.prove.mutationOptions());
  const { mounts, names } = useMemo(() => viewTree(jail.settings), [jail.settings]);
  const rows = useMemo(() => viewRows(mounts, prove.data ?? null), [mounts, prove.data]);
  const absent = prove.data
    ? mounts.length - prove.data.rows.filter(({ wanted }) => wanted !== null).length
    : 0;
  const runs = jail.state === 'running';
  const links = names.filter(({ kind }) => kind === 'link').map(({ path }) => path);
  const nodes = names.filter(({ kind }) => kind === 'node').map(({ path }) => path.slice('/dev/'.length));
  return (
    <Panel
      title="View"
      meta={`${mounts.length} mounts, profile ${jail.settings.profile}`}
      actions={
        <Button
          icon={<ShieldCheck aria-hidden />}
          pending={prove.isPending}
          disabledReason={
            denied ?? (runs ? null : `${jail.name} does not run: its view is made as it starts`)
          }
          onClick={() => prove.mutate({ jail: jail.id })}
        >
          Prove it
        </Button>
      }
    >
      {prove.error && <RefusalPanel error={prove.error} />}
      {prove.data && (
        <div className="p-3" role="status">
          <Note
            tone={prove.data.holds ? 'ok' : 'bad'}
            title={
              prove.data.holds
                ? `${jail.name} sees exactly what is declared.`
                : `${jail.name} does not see what is declared.`
            }
          >
            <p>
              {prove.data.rows.length} mounts of its first process, compared by path, mode, flags, type, ids
              and origin, <Moment at={prove.data.at} />.
              {absent > 0 &&
                ` ${absent} more would cover ${absent === 1 ? 'a name' : 'names'} that ${jail.host.name} does not have.`}
            </p>
          </Note>
        </div>
      )}
      <DataTable
        label={`View of ${jail.name}`}
        columns={viewColumns}
        rows={rows}
        rowKey={(row) => `${row.path} ${row.entry ? 'declared' : 'seen'}`}
        density="compact"
      />
      <p className="p-3 text-small break-words text-muted">
        {links.length > 0 && <>Links into /usr where the host has them: {links.join(' ')}. </>}
        In /dev: {nodes.join(' ')}.
      </p>
    </Panel>
  );
}

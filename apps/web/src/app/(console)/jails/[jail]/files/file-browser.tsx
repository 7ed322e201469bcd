'use client';
import { isFilePath } from '@cellblock/shared/file-path';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { FolderOpen } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPCClient } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Panel } from '@/ui/panel';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { fileColumns } from './file-columns';

const FilePreview = dynamic(() => import('./file-preview').then((module) => module.FilePreview), {
  ssr: false,
});

/**
 * Files of a jail that runs, read only. Each look is a process in the jail and a line in the history, so that
 * nothing is looked at until somebody asks, and nothing again by itself.
 */
export function FileBrowser({ jail }: { jail: JailView }) {
  const router = useRouter();
  const given = useSearchParams().get('path');
  const denied = useMayNot('operate');
  const [read, setRead] = useState<string | null>(null);
  const path = given !== null && isFilePath(given) ? given : null;
  const onRead = useMemo(() => fileColumns(jail.name, (entry) => setRead(entry.path)), [jail.name]);
  const client = useTRPCClient();
  const runs = jail.state === 'running';
  const list = useQuery({
    queryKey: ['jail-files', jail.id, path],
    queryFn: () => client.jails.files.mutate({ jail: jail.id, path: path ?? '/' }),
    enabled: path !== null && runs && denied === null,
    // A change of anything makes all else be asked again: not this.
    staleTime: 'static',
    refetchOnReconnect: false,
    retry: false,
  });
  return (
    <Panel
      title="Files"
      meta={
        path === null ? (
          'read only, as a process of the jail sees them'
        ) : (
          <Crumbs jail={jail.name} path={path} />
        )
      }
    >
      {denied || !runs ? (
        <div className="px-3">
          <EmptyState command={denied ? undefined : `cellblock start ${jail.name}`}>
            {denied ??
              (jail.state === 'unknown'
                ? `${jail.host.name} is silent: nobody can look into ${jail.name} now.`
                : `${jail.name} does not run, so that no process of it could look.`)}
          </EmptyState>
        </div>
      ) : path === null ? (
        <div className="px-3">
          <EmptyState
            action={
              <Button
                icon={<FolderOpen aria-hidden />}
                onClick={() => router.push(paths.jailFiles(jail.name, '/'))}
              >
                Look inside
              </Button>
            }
          >
            A process inside of {jail.name}, within its limits, tells what is there. That you looked is in the
            history.
          </EmptyState>
        </div>
      ) : (
        <Loaded query={list} waitingFor={`${jail.host.name} has not answered yet.`}>
          {({ entries, more }) => (
            <>
              <DataTable
                label={`Files in ${path}`}
                columns={onRead}
                rows={entries}
                rowKey={(entry) => `${entry.kind} ${entry.path ?? entry.name}`}
                density="compact"
                empty={<p className="p-3 text-muted">There is nothing in it.</p>}
              />
              {more && (
                <p className="p-3 text-small text-warn-text">
                  There are more than the {entries.length} shown.
                </p>
              )}
            </>
          )}
        </Loaded>
      )}
      {read !== null && <FilePreview jail={jail} path={read} onClose={() => setRead(null)} />}
    </Panel>
  );
}

const crumb = 'inline-flex min-h-6 min-w-6 items-center justify-center hover:underline';

/** The way from the root to here, each part a link. */
function Crumbs({ jail, path }: { jail: string; path: string }) {
  const parts = path.split('/').filter((part) => part !== '');
  return (
    <span className="mono inline-flex flex-wrap items-center break-all">
      <Link href={paths.jailFiles(jail, '/')} className={crumb} aria-label="The root of the jail">
        /
      </Link>
      {parts.map((part, index) => {
        const at = `/${parts.slice(0, index + 1).join('/')}`;
        return (
          <span key={at}>
            {index > 0 && '/'}
            <Link href={paths.jailFiles(jail, at)} className={crumb}>
              <bdi dir="ltr">{part}</bdi>
            </Link>
          </span>
        );
      })}
    </span>
  );
}

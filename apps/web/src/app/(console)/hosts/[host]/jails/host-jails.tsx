'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Loaded } from '../../../../loaded';
import { jailColumns } from '../../../jails/jail-columns';
import { useHost } from '../use-host';

const columns = jailColumns.filter((column) => column.key !== 'host');

export function HostJails() {
  const host = useHost().data;
  const trpc = useTRPC();
  const router = useRouter();
  const jails = useQuery({
    ...trpc.jails.list.queryOptions({ host: host?.name }),
    enabled: host !== undefined,
  });
  return (
    <Loaded query={jails} rows={8}>
      {(page) => (
        <DataTable
          label={`Jails on ${host?.name}`}
          columns={columns}
          rows={page.jails}
          rowKey={(jail) => jail.id}
          onOpen={(jail) => router.push(paths.jail(jail.name))}
          empty={
            <EmptyState
              command={`cellblock create web-1 --host ${host?.name}`}
              action={
                <Link href={paths.jailNew({ host: host?.name })} className={buttonClass('primary')}>
                  <Plus aria-hidden /> Create a jail here
                </Link>
              }
            >
              No jail on this host yet.
            </EmptyState>
          }
        />
      )}
    </Loaded>
  );
}

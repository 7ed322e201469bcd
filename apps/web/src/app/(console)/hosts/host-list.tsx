'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { hostColumns } from './host-columns';

export function HostList() {
  const trpc = useTRPC();
  const router = useRouter();
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  return (
    <>
      <PageHeader
        title="Hosts"
        meta={hosts.data?.length}
        actions={
          <Link href={paths.enroll()} className={buttonClass('primary')}>
            <Plus aria-hidden /> Enrol a host
          </Link>
        }
      />
      <Loaded query={hosts}>
        {(rows) => (
          <DataTable
            label="Hosts"
            columns={hostColumns}
            rows={rows}
            rowKey={(host) => host.id}
            onOpen={(host) => router.push(paths.host(host.name))}
            empty={
              <EmptyState command="cellblock up">
                No host yet. The agent of the dashboard’s own machine comes by itself when `cellblock up`
                starts it.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { useMayNot } from '../../may';
import { hostColumns } from './host-columns';

const EnrollDialog = dynamic(() => import('./enroll-dialog').then((module) => module.EnrollDialog), {
  ssr: false,
});

export function HostList() {
  const trpc = useTRPC();
  const router = useRouter();
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  const denied = useMayNot('administer');
  const [enrolling, setEnrolling] = useState(false);
  return (
    <>
      <PageHeader
        title="Hosts"
        meta={hosts.data?.length}
        actions={
          <Button
            look="primary"
            icon={<Plus aria-hidden />}
            disabledReason={denied}
            onClick={() => setEnrolling(true)}
          >
            Enrol host
          </Button>
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
      {enrolling && <EnrollDialog onClose={() => setEnrolling(false)} />}
    </>
  );
}

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
import { Kbd } from '@/ui/kbd';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { useKey } from '../../use-key';
import { networkColumns } from './network-columns';

export function NetworkList() {
  const trpc = useTRPC();
  const router = useRouter();
  const networks = useQuery(trpc.networks.list.queryOptions());
  useKey('n', () => router.push(paths.networkNew()));
  return (
    <>
      <PageHeader
        title="Networks"
        meta={networks.data?.length}
        actions={
          <Link href={paths.networkNew()} className={buttonClass('primary')}>
            <Plus aria-hidden /> New network <Kbd onSolid>N</Kbd>
          </Link>
        }
      />
      <Loaded query={networks}>
        {(rows) => (
          <DataTable
            label="Networks"
            columns={networkColumns}
            rows={rows}
            rowKey={(network) => network.id}
            onOpen={(network) => router.push(paths.network(network.name))}
            empty={
              <EmptyState
                action={
                  <Link href={paths.networkNew()} className={buttonClass('primary')}>
                    <Plus aria-hidden /> Create a network
                  </Link>
                }
                command="cellblock network create net0 --kind bridge --subnet 10.87.0.0/24 --nat"
              >
                No networks yet. Jails attach to a network and get their addresses from its pools.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </>
  );
}

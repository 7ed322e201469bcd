'use client';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { eventColumns } from '../../../../event-columns';
import { Loaded } from '../../../../loaded';
import { useHost } from '../use-host';

export function HostHistory() {
  const host = useHost().data;
  const trpc = useTRPC();
  const router = useRouter();
  const events = useQuery({
    ...trpc.audit.search.queryOptions({ object: host?.id ?? '', limit: 200 }),
    enabled: host !== undefined,
  });
  return (
    <Loaded query={events} rows={8}>
      {(page) => (
        <DataTable
          label={`Events of ${host?.name}`}
          columns={eventColumns}
          rows={page.events}
          rowKey={(event) => event.id}
          onOpen={(event) => event.seq !== null && router.push(paths.auditEvent(event.seq))}
          empty={<EmptyState>No event of this host is recorded.</EmptyState>}
        />
      )}
    </Loaded>
  );
}

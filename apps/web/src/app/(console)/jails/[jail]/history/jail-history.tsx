'use client';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { eventColumns } from '../../../../event-columns';
import { Loaded } from '../../../../loaded';
import { useJail } from '../use-jail';

export function JailHistory() {
  const jail = useJail().data;
  const trpc = useTRPC();
  const router = useRouter();
  const events = useQuery({
    ...trpc.audit.search.queryOptions({ object: jail?.id ?? '', limit: 200 }),
    enabled: jail !== undefined,
  });
  return (
    <Loaded query={events} rows={8}>
      {(page) => (
        <DataTable
          label={`Events of ${jail?.name}`}
          columns={eventColumns}
          rows={page.events}
          rowKey={(event) => event.id}
          onOpen={(event) => event.seq !== null && router.push(paths.auditEvent(event.seq))}
          empty={<EmptyState>No event of this jail is recorded.</EmptyState>}
        />
      )}
    </Loaded>
  );
}

'use client';
import type { PoolView } from '@cellblock/shared/views/network-view';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useOwnChange } from '../../../use-own-change';

interface UnreserveDialogProps {
  pool: PoolView;
  reservation: PoolView['reservations'][number];
  onClose: () => void;
}

export function UnreserveDialog({ pool, reservation, onClose }: UnreserveDialogProps) {
  const trpc = useTRPC();
  const { first, last, reason, by } = reservation;
  const range = first === last ? first : `${first} to ${last}`;
  const change = useOwnChange(trpc.pools.unreserve.mutationOptions(), {
    done: () => `${range} may be given to jails again`,
    onClose,
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`End the reservation of ${range}`}
      consequence={`${by} reserved it: ${reason}. From now on these addresses may be given to jails.`}
      action={`Free ${range}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ pool: pool.id, first, last })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

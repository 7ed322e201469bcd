'use client';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useOwnChange } from '../../../use-own-change';

export function RevokeTokenDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const trpc = useTRPC();
  const change = useOwnChange(trpc.tokens.remove.mutationOptions(), {
    done: () => `Token ${name} is revoked`,
    onClose,
  });
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={`Revoke token ${name}`}
      consequence="It works no more from this moment; what runs with it is cut off. It cannot be given back, only made anew with another secret."
      typeName={name}
      action={`Revoke ${name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ name })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';
import { RefusalPanel } from '../../../refusal-panel';

export function RevokeTokenDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const change = useMutation(
    trpc.tokens.remove.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.tokens.pathFilter());
        toast('ok', `Token ${name} is revoked`);
        onClose();
      },
    }),
  );
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

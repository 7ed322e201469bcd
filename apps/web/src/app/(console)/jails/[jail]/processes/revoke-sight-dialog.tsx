'use client';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../../refusal-panel';
import { useOwnChange } from '../../../../use-own-change';

export function RevokeSightDialog({ grant, onClose }: { grant: GrantView; onClose: () => void }) {
  const trpc = useTRPC();
  const { viewer, target, host } = grant;
  const change = useOwnChange(trpc.grants.revoke.mutationOptions(), {
    done: ({ revoking }) =>
      revoking
        ? `${host} is silent: that ${viewer} sees ${target} ends when it is back`
        : `${viewer} sees the processes of ${target} no longer`,
    onClose,
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`End that ${viewer} sees ${target}`}
      consequence={`${viewer} is shown the processes of ${target} no longer, at once if ${host} is there, and else as soon as it is.`}
      action={`Revoke that ${viewer} sees ${target}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ viewer, target })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

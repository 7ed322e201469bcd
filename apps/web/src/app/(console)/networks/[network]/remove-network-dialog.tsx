'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPCClient } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useChange } from '../../../use-change';

export function RemoveNetworkDialog({ network, onClose }: { network: NetworkView; onClose: () => void }) {
  const client = useTRPCClient();
  const router = useRouter();
  const change = useChange({
    run: () => client.networks.remove.mutate({ network: network.id }),
    done: () => `${network.name} is removed`,
    onAccepted: () => router.push(paths.networks()),
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      danger
      title={`Remove ${network.name}`}
      typeName={network.name}
      action={`Remove ${network.name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate(undefined)}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
      consequence={
        network.parent
          ? `The network and its pools go. ${network.parent} itself stays as it is. Who held its addresses stays in the history.`
          : 'Its bridge, its pools and its NAT go from the host. Who held its addresses stays in the history.'
      }
    />
  );
}

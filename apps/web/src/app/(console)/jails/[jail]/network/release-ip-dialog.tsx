'use client';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client';
import { Checkbox } from '@/ui/checkbox';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { TextField } from '@/ui/text-field';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { useChange } from '../../../../use-change';

interface ReleaseIpDialogProps {
  jail: string;
  host: string;
  address: string;
  /** The host has not confirmed an earlier release: an administrator may close the interval without its word. */
  unconfirmed?: boolean;
  onClose: () => void;
}

export function ReleaseIpDialog({ jail, host, address, unconfirmed, onClose }: ReleaseIpDialogProps) {
  const client = useTRPCClient();
  const mayNotForce = useMayNot('administer');
  const [force, setForce] = useState(false);
  const [reason, setReason] = useState('');
  const change = useChange({
    run: () =>
      client.ips.release.mutate({
        jail,
        address,
        forceUnconfirmed: force,
        reason: force ? reason : undefined,
      }),
    done: () => `${address} is released from ${jail}`,
    onAccepted: onClose,
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Release ${address} from ${jail}`}
      action={force ? `Release ${address} unconfirmed` : `Release ${address}`}
      danger={force}
      typeName={force ? address : undefined}
      pending={change.isPending}
      onConfirm={() => change.mutate(undefined)}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
      consequence={
        <p>
          {jail} loses <span className="mono">{address}</span> at once, its processes go on. The address is
          releasing until {host} confirms that it is gone, then it cools; {jail} may take it back meanwhile.
        </p>
      }
    >
      {unconfirmed && !mayNotForce && (
        <Checkbox
          checked={force}
          onChange={setForce}
          hint={`Another jail could then get it while ${host} still answers for it. The history keeps it marked.`}
        >
          Release without the host’s word
        </Checkbox>
      )}
      {force && (
        <TextField
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          placeholder="Host is scrapped"
        />
      )}
    </ConfirmDialog>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Combobox } from '@/ui/combobox';
import { FormDialog } from '@/ui/form-dialog';
import { ConflictNote } from '../../../../conflict-note';
import { DialogPlan } from '../../../../dialog-plan';
import { useChange } from '../../../../use-change';
import { usePlan } from '../../../../use-plan';

/** The old holder drops the address and its host confirms; only then the new one takes it. */
export function MoveIpDialog({
  address,
  from,
  onClose,
}: {
  address: string;
  from: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const jails = useQuery(trpc.jails.list.queryOptions({}));
  const [target, setTarget] = useState<string | null>(null);
  const change = useChange({
    run: () => client.ips.move.mutate({ address, jail: target ?? '' }),
    done: () => `${address} is assigned to ${target}`,
    onAccepted: onClose,
  });
  // A plan that is asked while the change is made would be refused by it.
  const made = change.isPending || change.isSuccess;
  const plan = usePlan('ips.move', target && !made ? { address, jail: target } : null, (input) =>
    client.ips.move.mutate({ ...input, dryRun: true }),
  );
  const refused = change.error ?? (target ? plan.error : null);
  const conflict =
    (target ? plan.data?.conflicts[0] : undefined) ?? (refused ? refusalOf(refused) : undefined);
  return (
    <FormDialog
      title={`Move ${address}`}
      description={`From ${from}; never two holders at a time.`}
      action={target ? `Move ${address} to ${target}` : 'Move'}
      blocked={!target ? 'Choose the jail that gets it' : conflict && !change.error && conflict.message}
      pending={change.isPending}
      onSubmit={() => change.mutate(undefined)}
      onClose={onClose}
    >
      <Combobox
        label="To jail"
        autoFocus
        placeholder="Name of a jail"
        value={target}
        onChange={setTarget}
        empty="No other jail is called so."
        items={(jails.data?.jails ?? [])
          .filter((jail) => jail.name !== from && jail.wanted.state !== 'destroyed')
          .map((jail) => ({ value: jail.name, label: jail.name, detail: jail.host.name }))}
      />
      {conflict && <ConflictNote conflict={conflict} />}
      {!conflict && (
        <DialogPlan
          plan={target ? plan.data : undefined}
          instead={
            target ? 'Working out what the host would do.' : 'Choose a jail, and the steps stand here.'
          }
        />
      )}
    </FormDialog>
  );
}

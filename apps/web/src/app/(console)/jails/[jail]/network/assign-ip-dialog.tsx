'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { FormDialog } from '@/ui/form-dialog';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../../conflict-note';
import { DialogPlan } from '../../../../dialog-plan';
import { RefusalPanel } from '../../../../refusal-panel';
import { useChange } from '../../../../use-change';
import { usePlan } from '../../../../use-plan';

/** Without an address the next free one is given; why one cannot be had is said while typing. */
export function AssignIpDialog({ jail, onClose }: { jail: JailView; onClose: () => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const networks = useQuery(trpc.networks.list.queryOptions());
  const within = (networks.data ?? []).filter((each) => each.hosts.some((host) => host.id === jail.host.id));
  const [chosen, setNetwork] = useState(jail.interfaces[0]?.network.name);
  const network = chosen ?? within[0]?.name;
  const [text, setText] = useState('');
  const address = text.trim();
  const input = network ? { jail: jail.id, network, address: address || undefined } : null;
  const next = useQuery({ ...trpc.ips.suggest.queryOptions({ network }), enabled: network !== undefined });
  const change = useChange({
    run: () => client.ips.assign.mutate(input ?? { jail: jail.id }),
    done: (_, view) => `${view.address} is assigned to ${jail.name}`,
    onAccepted: onClose,
  });
  // A plan that is asked while the change is made would be refused by it.
  const made = change.isPending || change.isSuccess;
  const plan = usePlan('ips.assign', made ? null : input, (asked) =>
    client.ips.assign.mutate({ ...asked, dryRun: true }),
  );
  const move = useChange({
    run: (taken: string) => client.ips.move.mutate({ address: taken, jail: jail.id }),
    done: (taken) => `${taken} is assigned to ${jail.name}`,
    onAccepted: onClose,
  });
  const refused = change.error ?? plan.error;
  const conflict = plan.data?.conflicts[0] ?? (refused ? refusalOf(refused) : undefined);
  // It has it already: there is nothing to move.
  const own = (conflict?.evidence?.holder as { id?: string } | undefined)?.id === jail.id;
  const given = address || plan.data?.addresses[0] || next.data?.address || undefined;

  return (
    <FormDialog
      title={`Assign an address to ${jail.name}`}
      description="It takes effect while the jail runs."
      action={`Assign ${given ?? 'the next free address'}`}
      blocked={
        network
          ? conflict && !change.error && conflict.message
          : networks.isPending
            ? 'The networks are being looked up.'
            : `No network reaches ${jail.host.name}. Create one first.`
      }
      pending={change.isPending}
      onSubmit={() => input && change.mutate(undefined)}
      onClose={onClose}
    >
      {within.length > 1 && (
        <SelectField
          label="Network"
          value={network}
          onChange={(event) => setNetwork(event.currentTarget.value)}
          options={within.map((each) => ({
            value: each.name,
            label: `${each.name} · ${each.subnets.map((s) => s.prefix).join(', ')}`,
          }))}
        />
      )}
      <TextField
        label="Address"
        mono
        autoFocus
        name="address"
        value={text}
        placeholder={next.data?.address ? `Next free: ${next.data.address}` : 'Next free'}
        hint={
          within.length === 1
            ? `From ${within[0]?.name}, ${within[0]?.subnets.map((s) => s.prefix).join(', ')}`
            : undefined
        }
        onChange={(event) => {
          change.reset();
          setText(event.currentTarget.value);
        }}
      />
      {conflict && (
        <ConflictNote
          conflict={conflict}
          onTake={setText}
          onMove={own ? undefined : (taken) => move.mutate(taken)}
        />
      )}
      {move.error && <RefusalPanel error={move.error} />}
      {!conflict && next.data?.refusal && !address && <ConflictNote conflict={next.data.refusal} />}
      {(network || networks.isPending) && !conflict && (
        <DialogPlan plan={plan.data} instead="Working out what the host would do." />
      )}
    </FormDialog>
  );
}

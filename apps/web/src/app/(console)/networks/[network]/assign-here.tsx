'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Combobox } from '@/ui/combobox';
import { ConflictNote } from '../../../conflict-note';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';
import { useChange } from '../../../use-change';

/** From the grid: the cell, the jail, one press. */
export function AssignHere({ address, network }: { address: string; network: NetworkView }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const jails = useQuery(trpc.jails.list.queryOptions({}));
  const [jail, setJail] = useState<string | null>(null);
  const conflict = useQuery(
    trpc.ips.check.queryOptions({ address, network: network.name, jail: jail ?? undefined }),
  );
  const change = useChange({
    run: () => client.ips.assign.mutate({ jail: jail ?? '', address, network: network.name }),
    done: () => `${address} is assigned to ${jail}`,
  });
  const reachable = (jails.data?.jails ?? []).filter(
    (each) => each.wanted.state !== 'destroyed' && network.hosts.some((host) => host.id === each.host.id),
  );
  return (
    <form
      className="flex flex-col gap-3 border-t border-line-subtle p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (jail && !denied && !change.isPending) change.mutate(undefined);
      }}
    >
      <Combobox
        label="Assign to jail"
        placeholder="Name of a jail"
        autoFocus
        value={jail}
        onChange={setJail}
        empty={`No jail on ${network.hosts.map((host) => host.name).join(', ')} is called so.`}
        items={reachable.map((each) => ({ value: each.name, label: each.name, detail: each.host.name }))}
      />
      {conflict.data && <ConflictNote conflict={conflict.data} />}
      {change.error && <RefusalPanel error={change.error} />}
      <Button
        type="submit"
        look="primary"
        className="self-start"
        pending={change.isPending}
        disabledReason={denied ?? (!jail ? 'Choose the jail that gets it' : (conflict.data?.message ?? null))}
      >
        {jail ? `Assign ${address} to ${jail}` : `Assign ${address}`}
      </Button>
    </form>
  );
}

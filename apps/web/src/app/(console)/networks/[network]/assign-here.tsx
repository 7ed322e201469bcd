'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../conflict-note';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';
import { useChange } from '../../../use-change';

/** As many as fit beside the grid; more are found by typing. */
const SHOWN = 8;

/**
 * From the grid: the cell, then the jail that gets it. Two presses, or typing and Enter. What comes later than the
 * jails stands below them: a list that moves under a finger gives the address to the jail beside.
 */
export function AssignHere({ address, network }: { address: string; network: NetworkView }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const jails = useQuery(trpc.jails.list.queryOptions({}));
  const [text, setText] = useState('');
  const conflict = useQuery(trpc.ips.check.queryOptions({ address, network: network.name }));
  const change = useChange({
    run: (jail: string) => client.ips.assign.mutate({ jail, address, network: network.name }),
    done: (jail) => `${address} is assigned to ${jail}`,
  });
  const within = (jails.data?.jails ?? []).filter(
    (each) => each.wanted.state !== 'destroyed' && network.hosts.some((host) => host.id === each.host.id),
  );
  const words = text.trim().toLowerCase();
  const found = within.filter((each) => each.name.includes(words));
  const chosen = found.length === 1 ? found[0] : found.find((each) => each.name === words);
  // Its last holder may retake a cooling address at once; nobody else can have it.
  const lastHolder = (conflict.data?.evidence?.lastHolder as { id?: string } | undefined)?.id;
  const reasonFor = (jail: { id: string }) =>
    denied ?? (conflict.data && jail.id !== lastHolder ? conflict.data.message : null);
  const assign = (jail: { id: string; name: string }) => {
    if (!reasonFor(jail) && !change.isPending) change.mutate(jail.name);
  };
  return (
    <form
      className="flex flex-col gap-3 border-t border-line-subtle p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) assign(chosen);
      }}
    >
      <TextField
        label="Assign to jail"
        placeholder="Name of a jail"
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        hint={
          chosen
            ? `Enter assigns it to ${chosen.name}.`
            : found.length > SHOWN
              ? `${found.length - SHOWN} more: type a part of the name.`
              : 'Press one, or type its name.'
        }
      />
      {jails.data && found.length === 0 && (
        <p className="text-muted">
          No jail on {network.hosts.map((host) => host.name).join(', ')} is called so.
        </p>
      )}
      <ul className="flex flex-col gap-1">
        {found.slice(0, SHOWN).map((jail) => (
          <li key={jail.id} className="flex items-center gap-2">
            <Button
              icon={<Plus aria-hidden />}
              aria-label={`Assign ${address} to ${jail.name}`}
              look={jail === chosen ? 'primary' : 'default'}
              pending={change.isPending && change.variables === jail.name}
              disabledReason={reasonFor(jail)}
              onClick={() => assign(jail)}
            >
              {jail.name}
            </Button>
            <span className="mono min-w-0 truncate text-muted">{jail.host.name}</span>
          </li>
        ))}
      </ul>
      {conflict.data && <ConflictNote conflict={conflict.data} />}
      {change.error && <RefusalPanel error={change.error} />}
    </form>
  );
}

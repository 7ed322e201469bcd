'use client';
import { parseIp } from '@cellblock/shared/ip-address';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { FormDialog } from '@/ui/form-dialog';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../conflict-note';
import { placeRefusal } from '../../../place-refusal';
import { useSettled } from '../../../use-plan';

interface NewPoolDialogProps {
  network: NetworkView;
  onMade: (name: string) => void;
  onClose: () => void;
}

/** A range of the network that may be given to jails; while typing the server says what stands in its way. */
export function NewPoolDialog({ network, onMade, onClose }: NewPoolDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const range = { network: network.id, first: first.trim(), last: last.trim() };
  const settled = useSettled(range);
  const readable = isAddress(settled.first) && isAddress(settled.last);
  const check = useQuery({
    ...trpc.pools.check.queryOptions(settled),
    enabled: readable,
    placeholderData: keepPreviousData,
  });
  const change = useMutation(
    trpc.pools.create.mutationOptions({
      onSuccess: (pool) => {
        void queryClient.invalidateQueries();
        onMade(pool.name);
      },
    }),
  );
  const conflict = readable ? check.data : null;
  const refusal = placeRefusal(change.error, ['name', 'first', 'last']);
  const free = conflict?.evidence?.free as { first: string; last: string } | null | undefined;
  const wrong = (text: string) =>
    text && !isAddress(text) ? 'This is no IP address: write it as 10.0.0.5 or fd00::5.' : undefined;
  const missing = !name.trim()
    ? 'Give it a name first'
    : !isAddress(range.first) || !isAddress(range.last)
      ? 'Name its first and its last address'
      : null;
  return (
    <FormDialog
      title={`New pool of ${network.name}`}
      description={`A range of ${network.subnets.map((subnet) => subnet.prefix).join(' or ')} that jails may be given.`}
      action={`Make pool ${name.trim()}`}
      blocked={missing ?? conflict?.message}
      pending={change.isPending}
      onSubmit={() => change.mutate({ ...range, name: name.trim() })}
      onClose={onClose}
    >
      <TextField
        label="Name"
        mono
        autoFocus
        value={name}
        error={refusal.at('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="First address"
          mono
          value={first}
          error={wrong(settled.first) ?? refusal.at('first')}
          onChange={(event) => setFirst(event.currentTarget.value)}
        />
        <TextField
          label="Last address"
          mono
          value={last}
          error={wrong(settled.last) ?? refusal.at('last')}
          onChange={(event) => setLast(event.currentTarget.value)}
        />
      </div>
      {/* Room for what the server says while one types: the buttons do not jump away under a finger. */}
      <div className="min-h-24">
        {conflict ? (
          <ConflictNote
            conflict={conflict}
            take={
              free
                ? {
                    text: `Take ${free.first} to ${free.last}`,
                    onPress: () => {
                      setFirst(free.first);
                      setLast(free.last);
                    },
                  }
                : undefined
            }
          />
        ) : (
          <p className="text-small text-faint">
            {readable && check.isFetching
              ? 'The range is being looked at.'
              : readable && check.isSuccess
                ? 'Nothing stands in its way.'
                : 'What stands in the way of a range is said here.'}
          </p>
        )}
      </div>
      {refusal.rest}
    </FormDialog>
  );
}

const isAddress = (text: string) => parseIp(text).type !== 'error';

'use client';
import { parseIp } from '@cellblock/shared/ip-address';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
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
    <Dialog
      open
      onClose={onClose}
      title={`New pool of ${network.name}`}
      description={`A range of ${network.subnets.map((subnet) => subnet.prefix).join(' or ')} that jails may be given.`}
    >
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !conflict && !change.isPending) change.mutate({ ...range, name: name.trim() });
        }}
      >
        <DialogBody>
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
          {conflict && (
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
          )}
          {refusal.rest}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            pending={change.isPending}
            disabledReason={missing ?? conflict?.message ?? null}
          >
            Make pool {name.trim()}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

const isAddress = (text: string) => parseIp(text).type !== 'error';

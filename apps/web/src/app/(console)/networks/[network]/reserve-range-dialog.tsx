'use client';
import type { PoolView } from '@cellblock/shared/views/network-view';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { FormDialog } from '@/ui/form-dialog';
import { TextField } from '@/ui/text-field';
import { placeRefusal } from '../../../place-refusal';
import { useOwnChange } from '../../../use-own-change';

export function ReserveRangeDialog({
  pool,
  first: given,
  onClose,
}: {
  pool: PoolView;
  first: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const [first, setFirst] = useState(given);
  const [last, setLast] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const change = useOwnChange(trpc.pools.reserve.mutationOptions(), {
    done: () => `${first.trim()}${last.trim() && ` to ${last.trim()}`} is reserved`,
    onClose,
  });
  const refusal = placeRefusal(change.error, ['first', 'last', 'reason', 'until']);
  const missing = !first.trim()
    ? 'Name the first address'
    : !reason.trim()
      ? 'Say why, for whoever finds it later'
      : null;
  return (
    <FormDialog
      title={`Reserve addresses of ${pool.name}`}
      description="Reserved addresses are not given to jails."
      action={`Reserve ${first.trim() || 'range'}${last.trim() && ` to ${last.trim()}`}`}
      blocked={missing}
      pending={change.isPending}
      onSubmit={() =>
        change.mutate({
          pool: pool.id,
          first: first.trim(),
          last: last.trim() || first.trim(),
          reason: reason.trim(),
          until: until ? new Date(`${until}T00:00:00Z`).toISOString() : undefined,
        })
      }
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="First address"
          mono
          autoFocus
          value={first}
          error={refusal.at('first')}
          onChange={(e) => setFirst(e.currentTarget.value)}
          placeholder={pool.first}
        />
        <TextField
          label="Last address"
          optional
          mono
          value={last}
          error={refusal.at('last')}
          onChange={(e) => setLast(e.currentTarget.value)}
          placeholder="the same"
        />
      </div>
      <TextField
        label="Reason"
        value={reason}
        error={refusal.at('reason')}
        onChange={(e) => setReason(e.currentTarget.value)}
        placeholder="Printers on the second floor"
      />
      <TextField
        label="Until"
        optional
        type="date"
        hint="00:00 UTC of that day; without it, until someone ends it"
        value={until}
        error={refusal.at('until')}
        onChange={(e) => setUntil(e.currentTarget.value)}
        className="max-w-52"
      />
      {refusal.rest}
    </FormDialog>
  );
}

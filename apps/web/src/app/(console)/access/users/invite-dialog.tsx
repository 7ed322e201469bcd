'use client';
import type { Role } from '@cellblock/shared/role';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
import { Moment } from '@/ui/moment';
import { TextField } from '@/ui/text-field';
import { RefusalPanel } from '../../../refusal-panel';
import { RoleField } from '../role-field';
import { ShownOnce } from '../shown-once';

/** Makes the link with which one person chooses a password, once. */
export function InviteDialog({
  onClose,
  given,
}: {
  onClose: () => void;
  given?: { name: string; role: Role };
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(given?.name ?? '');
  const [role, setRole] = useState<Role>(given?.role ?? 'operator');
  const invite = useMutation(
    trpc.users.invite.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.users.pathFilter()),
    }),
  );
  const refused = invite.error ? refusalOf(invite.error) : null;
  const atName = refused?.field === 'name';
  if (invite.data) {
    return (
      <Dialog open onClose={onClose} width="wide" title={`Invite for ${name}`}>
        <DialogBody>
          <ShownOnce secret={invite.data.link}>
            Send it to {name} alone. Whoever opens it first chooses the password; it works once, until{' '}
            <Moment at={invite.data.expiresAt} show="absolute" />.
          </ShownOnce>
        </DialogBody>
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="Invite a person" description="They choose their own password.">
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate({ name: name.trim(), role });
        }}
      >
        <DialogBody>
          <TextField
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            hint="Stands beside everything they do; it is never used again for another person."
            error={atName && [refused.message, refused.fix].filter(Boolean).join(' ')}
            mono
            autoFocus
            required
          />
          <RoleField value={role} onChange={setRole} />
          {refused && !atName && <RefusalPanel error={invite.error} />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            pending={invite.isPending}
            disabledReason={!name.trim() && 'Give a name first'}
          >
            {name.trim() ? `Invite ${name.trim()} as ${role}` : 'Invite person'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

'use client';
import type { Role } from '@cellblock/shared/role';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { CommandLine } from '@/ui/command-line';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { RefusalPanel } from '../../../refusal-panel';
import { RoleField } from '../role-field';
import { ShownOnce } from '../shown-once';

const DAYS = [7, 30, 90, 365];

/** A token always ends; how late is for its maker to say. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState(30);
  const make = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.tokens.pathFilter()),
    }),
  );
  const refused = make.error ? refusalOf(make.error) : null;
  const atName = refused?.field === 'name';
  const ends = new Date(Date.now() + days * 86_400_000);
  if (make.data) {
    return (
      <Dialog open onClose={onClose} width="wide" title={`Token ${name}`}>
        <DialogBody>
          <ShownOnce secret={make.data.token}>
            It acts as {role} and ends after {days} days. With the command line, from any machine:
          </ShownOnce>
          <CommandLine
            command={`CELLBLOCK_URL=${window.location.origin} CELLBLOCK_TOKEN=$TOKEN cellblock ls`}
          />
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
    <Dialog open onClose={onClose} title="New token" description="For a program that acts by itself.">
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name: name.trim(), role, expiresAt: ends.toISOString() });
        }}
      >
        <DialogBody>
          <TextField
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            hint="Stands beside everything that is done with it."
            error={atName && [refused.message, refused.fix].filter(Boolean).join(' ')}
            mono
            autoFocus
            required
          />
          <RoleField value={role} onChange={setRole} />
          <SelectField
            label="Ends after"
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            options={DAYS.map((each) => ({ value: String(each), label: `${each} days` }))}
            hint={`${ends.toISOString().slice(0, 10)}. It can be revoked at any time before.`}
          />
          {refused && !atName && <RefusalPanel error={make.error} />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            pending={make.isPending}
            disabledReason={!name.trim() && 'Give a name first'}
          >
            Make token
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

'use client';
import type { Role } from '@cellblock/shared/role';
import { type ReactNode, useState } from 'react';
import { Button } from '@/ui/button';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
import { FormDialog } from '@/ui/form-dialog';
import { TextField } from '@/ui/text-field';
import { placeRefusal } from '../../place-refusal';
import { RoleField } from './role-field';
import { ShownOnce } from './shown-once';

interface GrantDialogProps {
  title: string;
  description: string;
  nameHint: string;
  given: { name?: string; role: Role };
  /** verb and object: "Invite jon as viewer" */
  action: (name: string, role: Role) => string;
  /** further fields */
  children?: ReactNode;
  change: { error: unknown; isPending: boolean };
  onSubmit: (name: string, role: Role) => void;
  /** the secret, once it is made, and what to do with it */
  made:
    | ((name: string, role: Role) => { title: string; secret: string; words: ReactNode; more?: ReactNode })
    | null;
  onClose: () => void;
}

/** A role is given to a name; what it is taken up with is shown this once. */
export function GrantDialog({
  title,
  description,
  nameHint,
  given,
  change,
  made,
  ...props
}: GrantDialogProps) {
  const { action, children, onSubmit, onClose } = props;
  const [typed, setName] = useState(given.name ?? '');
  const [role, setRole] = useState(given.role);
  const name = typed.trim();
  if (made) {
    const { title, secret, words, more } = made(name, role);
    return (
      <Dialog open onClose={onClose} width="wide" title={title}>
        <DialogBody>
          <ShownOnce secret={secret}>{words}</ShownOnce>
          {more}
        </DialogBody>
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  const refusal = placeRefusal(change.error, ['name']);
  return (
    <FormDialog
      title={title}
      description={description}
      action={action(name, role)}
      blocked={!name && 'Give a name first'}
      pending={change.isPending}
      onSubmit={() => onSubmit(name, role)}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={typed}
        onChange={(event) => setName(event.currentTarget.value)}
        hint={nameHint}
        error={refusal.at('name')}
        mono
        autoFocus
        required
      />
      <RoleField value={role} onChange={setRole} />
      {children}
      {refusal.rest}
    </FormDialog>
  );
}

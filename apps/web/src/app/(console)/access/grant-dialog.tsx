'use client';
import type { Role } from '@cellblock/shared/role';
import { type ReactNode, useState } from 'react';
import { Button } from '@/ui/button';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
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
    <Dialog open onClose={onClose} title={title} description={description}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          if (name && !change.isPending) onSubmit(name, role);
        }}
      >
        <DialogBody>
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
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            pending={change.isPending}
            disabledReason={!name && 'Give a name first'}
          >
            {action(name, role)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

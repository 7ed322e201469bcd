'use client';
import type { Role } from '@cellblock/shared/role';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Note } from '@/ui/note';
import { RefusalPanel } from '../../../refusal-panel';
import { useOwnChange } from '../../../use-own-change';
import { RoleField } from '../role-field';
import type { Person } from './use-people';

interface ChangeRoleDialogProps {
  person: Person;
  /** why this one cannot stop being an administrator */
  last: string | null;
  self: boolean;
  onClose: () => void;
}

/** Another role ends sessions, and whoever takes it from themselves types their name. */
export function ChangeRoleDialog({ person, last, self, onClose }: ChangeRoleDialogProps) {
  const trpc = useTRPC();
  const [role, setRole] = useState<Role>(person.role);
  const change = useOwnChange(trpc.users.role.mutationOptions(), {
    done: () => `${person.name} is ${role} now`,
    onClose,
  });
  const less = person.role === 'admin' && role !== 'admin';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Role of ${person.name}`}
      consequence={
        <p>
          {self ? 'You are' : `${person.name} is`} signed out everywhere, so that nothing begun as{' '}
          {person.role} goes on. Tokens that may do more than the new role end.
        </p>
      }
      action={role === person.role ? 'Change role' : `Make ${person.name} ${role}`}
      danger={less}
      typeName={less && !last ? person.name : undefined}
      blocked={role === person.role ? 'Choose another role first' : less ? last : null}
      pending={change.isPending}
      onConfirm={() => change.mutate({ name: person.name, role })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    >
      <RoleField value={role} onChange={setRole} />
      {less && last && <Note tone="warn" title={last} />}
      {less && !last && self && (
        <Note tone="warn" title="You take it from yourself">
          Only another administrator can give it back.
        </Note>
      )}
    </ConfirmDialog>
  );
}

'use client';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useOwnChange } from '../../../use-own-change';
import type { Person } from './use-people';

export function RemovePersonDialog({
  person,
  self,
  onClose,
}: {
  person: Person;
  self: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const change = useOwnChange(trpc.users.remove.mutationOptions(), {
    done: () => (person.invited ? `The invite of ${person.name} is taken back` : `${person.name} is removed`),
    onClose,
  });
  const { tokens } = person;
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={person.invited ? `Take back the invite of ${person.name}` : `Remove ${person.name}`}
      consequence={
        person.invited ? (
          <p>The link that was made for {person.name} ends. Another can be made at any time.</p>
        ) : (
          <p>
            {self ? 'You are' : `${person.name} is`} signed out at once and cannot come back
            {tokens > 0 && `; ${tokens} ${tokens === 1 ? 'token ends' : 'tokens end'} with them`}. What{' '}
            {self ? 'you' : 'they'} did stays in the history.
          </p>
        )
      }
      typeName={person.invited ? undefined : person.name}
      action={person.invited ? 'Take back invite' : `Remove ${person.name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ name: person.name })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

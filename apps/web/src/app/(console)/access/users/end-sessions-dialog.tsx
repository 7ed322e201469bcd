'use client';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useOwnChange } from '../../../use-own-change';
import type { Person } from './use-people';

export function EndSessionsDialog({
  person,
  self,
  onClose,
}: {
  person: Person;
  self: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const change = useOwnChange(trpc.users['sign-out'].mutationOptions(), {
    done: ({ ended }) => `${person.name} is signed out of ${ended} ${ended === 1 ? 'session' : 'sessions'}`,
    onClose,
  });
  const count = person.sessions.length;
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Sign ${person.name} out everywhere`}
      consequence={
        <p>
          Ends {count} {count === 1 ? 'session' : 'sessions'} at once{self ? ', this one too' : ''}. Tokens go
          on; the role stays.
        </p>
      }
      action={`End ${count} ${count === 1 ? 'session' : 'sessions'}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ name: person.name })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

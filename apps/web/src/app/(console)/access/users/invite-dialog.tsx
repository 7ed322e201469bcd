'use client';
import type { Role } from '@cellblock/shared/role';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { Moment } from '@/ui/moment';
import { GrantDialog } from '../grant-dialog';

interface InviteDialogProps {
  given?: { name: string; role: Role };
  onClose: () => void;
}

/** Makes the link with which one person chooses a password, once. */
export function InviteDialog({ given, onClose }: InviteDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const change = useMutation(
    trpc.users.invite.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.users.pathFilter()),
    }),
  );
  const invite = change.data;
  return (
    <GrantDialog
      title="Invite a person"
      description="They choose their own password."
      nameHint="Stands beside everything they do; it is never used again for another person."
      given={given ?? { role: 'operator' }}
      action={(name, role) => (name ? `Invite ${name} as ${role}` : 'Invite person')}
      change={change}
      onSubmit={(name, role) => change.mutate({ name, role })}
      made={
        invite
          ? (name) => ({
              title: `Invite for ${name}`,
              secret: invite.link,
              words: (
                <>
                  Send it to {name} alone. Whoever opens it first chooses the password; it works once, until{' '}
                  <Moment at={invite.expiresAt} show="absolute" />.
                  {isOfThisMachine(invite.link) &&
                    ' It names this machine only: for others, start the dashboard with --listen and --url.'}
                </>
              ),
            })
          : null
      }
      onClose={onClose}
    />
  );
}

const isOfThisMachine = (link: string) => /^(localhost|127\..*|\[::1\])$/.test(new URL(link).hostname);

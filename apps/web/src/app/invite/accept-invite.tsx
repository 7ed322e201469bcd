'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Panel } from '@/ui/panel';
import { TextField } from '@/ui/text-field';
import { BarePage } from '../bare-page';
import { Loaded } from '../loaded';
import { placeRefusal } from '../place-refusal';
import { SecondFactor } from '../second-factor/second-factor';

/** The one-time link of an invite: a password, then a second factor. */
export function AcceptInvite() {
  const trpc = useTRPC();
  const token = useSearchParams().get('token') ?? '';
  const [password, setPassword] = useState('');
  const accept = useMutation(trpc.invites.accept.mutationOptions());
  const invite = useQuery({ ...trpc.invites.show.queryOptions({ token }), enabled: !accept.isSuccess });
  const refusal = placeRefusal(accept.error, ['password']);
  return (
    <BarePage title="Invite">
      <Loaded query={invite} rows={2}>
        {({ name, role }) => (
          <Panel title={accept.isSuccess ? `Protect ${name}’s sign-in` : `Welcome, ${name}`} meta={role}>
            {accept.isSuccess ? (
              <SecondFactor
                password={password}
                twoFactor={false}
                onDone={() => window.location.assign(paths.overview())}
              />
            ) : (
              <form
                className="flex flex-col gap-3 p-4"
                onSubmit={(event) => {
                  event.preventDefault();
                  if (password && !accept.isPending) accept.mutate({ token, password });
                }}
              >
                <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
                <TextField
                  label="Password"
                  name="password"
                  type="password"
                  autoComplete="new-password"
                  autoFocus
                  value={password}
                  error={refusal.at('password')}
                  hint="12 characters or more; words will do"
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
                {refusal.rest}
                <Button
                  type="submit"
                  look="primary"
                  className="self-start"
                  pending={accept.isPending}
                  disabledReason={!password && 'Choose a password first'}
                >
                  Accept invite
                </Button>
              </form>
            )}
          </Panel>
        )}
      </Loaded>
    </BarePage>
  );
}

'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Panel } from '@/ui/panel';
import { TextField } from '@/ui/text-field';
import { BarePage } from '../bare-page';
import { Loaded } from '../loaded';
import { RefusalPanel } from '../refusal-panel';
import { SecondFactor } from '../second-factor/second-factor';

/** The one-time link of an invite: a password, then a second factor. */
export function AcceptInvite() {
  const trpc = useTRPC();
  const token = useSearchParams().get('token') ?? '';
  const [password, setPassword] = useState('');
  const accept = useMutation(trpc.invites.accept.mutationOptions());
  const invite = useQuery({ ...trpc.invites.show.queryOptions({ token }), enabled: !accept.isSuccess });
  const refused = accept.error ? refusalOf(accept.error) : null;
  const ofPassword = refused?.field === 'password';
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
                  error={ofPassword ? [refused?.message, refused?.fix].filter(Boolean).join(' ') : undefined}
                  hint="12 characters or more; words will do"
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
                {accept.error && !ofPassword && <RefusalPanel error={accept.error} />}
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

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/text-field';
import { RefusalPanel } from '../../refusal-panel';

interface ClaimFormProps {
  /** as it stood in the link; empty when somebody came without one */
  token: string;
  onClaimed: (password: string) => void;
}

export function ClaimForm({ token: given, onClaimed }: ClaimFormProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [token, setToken] = useState(given);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const claim = useMutation(
    trpc.setup.claim.mutationOptions({
      onSuccess: () => {
        onClaimed(password);
        void queryClient.invalidateQueries();
      },
    }),
  );
  const refused = claim.error ? refusalOf(claim.error) : null;
  const errorOf = (field: string) =>
    refused?.field === field ? [refused.message, refused.fix].filter(Boolean).join(' ') : undefined;
  const placed = refused?.field !== undefined && ['name', 'password'].includes(refused.field);
  const missing = !token
    ? 'Open the link that cellblock up printed'
    : !name || !password
      ? 'Choose a name and a password first'
      : null;

  return (
    <form
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing && !claim.isPending) claim.mutate({ token, name: name.trim(), password });
      }}
    >
      <p className="text-muted">You become its first administrator. The link works once.</p>
      {!given && (
        <TextField
          label="Set-up token"
          name="token"
          mono
          value={token}
          hint="The last part of the link that `cellblock up` printed on the machine"
          onChange={(event) => setToken(event.currentTarget.value.trim())}
        />
      )}
      <TextField
        label="Name"
        name="username"
        autoComplete="username"
        autoFocus
        value={name}
        error={errorOf('name')}
        hint="Stands beside everything you do"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        value={password}
        error={errorOf('password')}
        hint="12 characters or more; words will do"
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {claim.error && !placed && <RefusalPanel error={claim.error} />}
      <Button
        type="submit"
        look="primary"
        className="h-9 justify-center"
        pending={claim.isPending}
        disabledReason={missing}
      >
        Claim installation
      </Button>
    </form>
  );
}

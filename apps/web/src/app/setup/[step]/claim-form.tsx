'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/text-field';
import { placeRefusal } from '../../place-refusal';

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
  const refusal = placeRefusal(claim.error, ['name', 'password']);
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
        error={refusal.at('name')}
        hint="Stands beside everything you do"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        value={password}
        error={refusal.at('password')}
        hint="12 characters or more; words will do"
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {refusal.rest}
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

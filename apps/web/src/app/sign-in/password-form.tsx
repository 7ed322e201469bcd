'use client';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { TextField } from '@/ui/text-field';
import { authClient, authError } from '../auth-client';

export function PasswordForm({ onDone, onCode }: { onDone: () => void; onCode: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function submit() {
    setPending(true);
    setFailed(null);
    const { data, error } = await authClient.signIn.username({ username: name.trim(), password });
    if (data && 'twoFactorRedirect' in data) onCode();
    else if (data) return onDone();
    setFailed(authError(error));
    setPending(false);
  }

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (name && password && !pending) void submit();
      }}
    >
      <TextField
        label="Name"
        name="username"
        autoComplete="username"
        autoFocus
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(e) => setPassword(e.currentTarget.value)}
      />
      {failed && (
        <Note tone="bad" title="Sign-in failed." live>
          {failed}
        </Note>
      )}
      <Button
        type="submit"
        look="primary"
        className="h-9 justify-center"
        pending={pending}
        disabledReason={!name || !password ? 'Name and password, please' : null}
      >
        Sign in
      </Button>
    </form>
  );
}

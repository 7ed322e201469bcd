'use client';
import { CircleCheck, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { authClient, authError } from '../auth-client';
import { usePasskeyObstacle } from '../passkey-support';

export function PasskeySetup() {
  const obstacle = usePasskeyObstacle();
  const [state, setState] = useState<{ kind: 'none' | 'pending' | 'made' } | { kind: 'failed'; why: string }>(
    { kind: 'none' },
  );

  async function add() {
    setState({ kind: 'pending' });
    const answer = await authClient.passkey.addPasskey({ name: 'This browser' });
    const why = answer?.error ? (authError(answer.error) ?? 'The browser made none.') : null;
    setState(why ? { kind: 'failed', why } : { kind: 'made' });
  }

  if (state.kind === 'made') {
    return (
      <p className="flex items-center gap-2 text-ok-text">
        <CircleCheck className="size-4" aria-hidden /> This browser has a passkey and signs you in without a
        password.
      </p>
    );
  }
  return (
    <>
      <p className="text-muted">
        {obstacle ??
          'Signs you in with a fingerprint, a PIN or a security key; nothing of it can be phished.'}
      </p>
      {state.kind === 'failed' && (
        <Note tone="bad" title="No passkey was made." live>
          {state.why}
        </Note>
      )}
      <Button
        icon={<KeyRound aria-hidden />}
        className="self-start"
        pending={state.kind === 'pending'}
        disabledReason={obstacle}
        onClick={() => void add()}
      >
        Add a passkey
      </Button>
    </>
  );
}

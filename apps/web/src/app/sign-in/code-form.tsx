'use client';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { TextField } from '@/ui/text-field';
import { authClient, authError } from '../auth-client';

/** The second step: a code of the authenticator app, or one of the recovery codes. */
export function CodeForm({ onDone, onBack }: { onDone: () => void; onBack: () => void }) {
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function submit() {
    setPending(true);
    setFailed(null);
    const given = code.replace(/\s/g, '');
    const { error } = recovery
      ? await authClient.twoFactor.verifyBackupCode({ code: given })
      : await authClient.twoFactor.verifyTotp({ code: given });
    if (!error) return onDone();
    setFailed(authError(error));
    setPending(false);
  }

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (code && !pending) void submit();
      }}
    >
      <TextField
        key={recovery ? 'recovery' : 'totp'}
        label={recovery ? 'Recovery code' : 'Code of your authenticator app'}
        name="code"
        mono
        autoFocus
        inputMode={recovery ? 'text' : 'numeric'}
        autoComplete="one-time-code"
        value={code}
        placeholder={recovery ? 'xxxxx-xxxxx' : '123456'}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      {failed && (
        <Note tone="bad" title="The code was not accepted." live>
          {failed}
        </Note>
      )}
      <Button
        type="submit"
        look="primary"
        className="h-9 justify-center"
        pending={pending}
        disabledReason={!code && 'Type the code first'}
      >
        Sign in
      </Button>
      <div className="flex justify-between">
        <Button look="quiet" onClick={onBack}>
          Back
        </Button>
        <Button look="quiet" onClick={() => setRecovery(!recovery)}>
          {recovery ? 'Use the app instead' : 'Use a recovery code'}
        </Button>
      </div>
    </form>
  );
}

'use client';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { authClient, authError } from '../auth-client';
import { usePasskeyObstacle } from '../passkey-support';

export function PasskeyButton({ onDone }: { onDone: () => void }) {
  const obstacle = usePasskeyObstacle();
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function signIn() {
    setPending(true);
    setFailed(null);
    const answer = await authClient.signIn.passkey();
    if (!answer?.error) return onDone();
    setFailed(authError(answer.error));
    setPending(false);
  }

  return (
    <>
      <Button
        icon={<KeyRound aria-hidden />}
        className="h-9 justify-center"
        pending={pending}
        disabledReason={obstacle}
        onClick={() => void signIn()}
      >
        Sign in with passkey
      </Button>
      {obstacle && <p className="-mt-2 text-small text-muted">{obstacle}</p>}
      {failed && (
        <Note tone="bad" title="No passkey signed you in." live>
          {failed} Your name and password work as before.
        </Note>
      )}
      <div className="flex items-center gap-3 text-small text-faint">
        <span className="h-px flex-1 bg-line-subtle" /> or <span className="h-px flex-1 bg-line-subtle" />
      </div>
    </>
  );
}

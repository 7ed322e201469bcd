'use client';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy-button';
import { Note } from '@/ui/note';
import { TextField } from '@/ui/text-field';
import { authClient, authError } from '../auth-client';

const QrCode = dynamic(() => import('@/ui/qr-code').then((module) => module.QrCode), { ssr: false });

interface TotpSetupProps {
  password: string | null;
  onDone: (recoveryCodes: string[]) => void;
}

/** The secret is made, shown once, and in force when a first code has proved that the app has it. */
export function TotpSetup({ password: given, onDone }: TotpSetupProps) {
  const [password, setPassword] = useState(given ?? '');
  const [made, setMade] = useState<{ totpURI: string; backupCodes: string[] } | null>(null);
  const [code, setCode] = useState('');
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function run(act: () => Promise<string | null>) {
    setPending(true);
    setFailed(await act());
    setPending(false);
  }
  const make = async () => {
    const { data, error } = await authClient.twoFactor.enable({ password });
    if (data && 'totpURI' in data) setMade(data);
    return authError(error);
  };
  const prove = async () => {
    const { error } = await authClient.twoFactor.verifyTotp({ code: code.replace(/\s/g, '') });
    if (!error && made) onDone(made.backupCodes);
    return authError(error);
  };

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void run(made ? prove : make);
      }}
    >
      {made ? (
        <>
          <p className="text-muted">
            Scan it with an authenticator app, then type the code that the app shows.
          </p>
          <QrCode text={made.totpURI} label="The secret as a picture, for an authenticator app to scan" />
          <p className="flex items-center gap-1 text-small text-muted">
            No camera? Secret: <code className="mono break-all text-strong">{secretOf(made.totpURI)}</code>
            <CopyButton text={secretOf(made.totpURI)} label="Copy secret" />
          </p>
          <TextField
            label="Code"
            name="code"
            mono
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder="123456"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        </>
      ) : (
        <>
          <p className="text-muted">With them a stolen password alone lets nobody in.</p>
          {given === null && (
            <TextField
              label="Your password"
              name="password"
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
        </>
      )}
      {failed && (
        <Note tone="bad" title={made ? 'The code was not accepted.' : 'No secret was made.'} live>
          {failed} {made && 'Check that the clock of the phone is right.'}
        </Note>
      )}
      <Button
        type="submit"
        look="primary"
        className="self-start"
        pending={pending}
        disabledReason={
          made ? !code && 'Type the code of the app first' : !password && 'Type your password first'
        }
      >
        {made ? 'Turn on one-time codes' : 'Set up one-time codes'}
      </Button>
    </form>
  );
}

function secretOf(uri: string): string {
  return new URL(uri).searchParams.get('secret') ?? '';
}

'use client';
import { useState } from 'react';
import { Button } from '@/ui/button';
import { PasskeySetup } from './passkey-setup';
import { RecoveryCodes } from './recovery-codes';
import { TotpSetup } from './totp-setup';

interface SecondFactorProps {
  /** as it was just typed; null: ask for it */
  password: string | null;
  twoFactor: boolean;
  onDone: () => void;
  /** Instead of "Continue". */
  done?: string;
}

/** One-time codes, and a passkey where the browser has them. Either can be set up later. */
export function SecondFactor({ password, twoFactor, onDone, done }: SecondFactorProps) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const [on, setOn] = useState(twoFactor);
  return (
    <div className="flex flex-col">
      <section className="flex flex-col gap-3 p-4">
        <h2 className="font-medium text-strong">One-time codes</h2>
        {on ? (
          <>
            <p className="text-muted">
              On: after the password, a code of your authenticator app is asked for.
            </p>
            {codes && <RecoveryCodes codes={codes} />}
          </>
        ) : (
          <TotpSetup
            password={password}
            onDone={(fresh) => {
              setCodes(fresh);
              setOn(true);
            }}
          />
        )}
      </section>
      <section className="flex flex-col gap-3 border-t border-line-subtle p-4">
        <h2 className="font-medium text-strong">Passkey</h2>
        <PasskeySetup />
      </section>
      <footer className="flex items-center gap-2 border-t border-line-subtle p-4">
        <Button look={on && !done ? 'primary' : 'default'} onClick={onDone}>
          {done ?? (on ? 'Continue' : 'Continue without one-time codes')}
        </Button>
      </footer>
    </div>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
// Not ours: what is next names its own zone.
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Note } from '@/ui/note';
import { BarePage } from '../bare-page';
import { safeNext } from '../safe-next';
import { CodeForm } from './code-form';
import { PasskeyButton } from './passkey-button';
import { PasswordForm } from './password-form';

/** Passkey first, else name and password and, where it is set up, a one-time code. */
export function SignIn() {
  const trpc = useTRPC();
  const router = useRouter();
  const next = safeNext(useSearchParams().get('next'));
  const me = useQuery(trpc.session.me.queryOptions());
  const [asking, setAsking] = useState<'password' | 'code'>('password');
  // The whole page is loaded anew: what was asked for without a session must not stay.
  const enter = () => window.location.assign(next);
  const signedIn = me.data?.user != null;
  useEffect(() => {
    if (signedIn) router.replace(next);
  }, [signedIn, router, next]);
  const installation = me.data?.installation;

  return (
    <BarePage
      footer={
        installation && (
          <>
            {installation.name} · {installation.version} · all sign-ins are recorded
          </>
        )
      }
    >
      <div className="rounded-panel border border-line-subtle bg-surface-base p-5">
        <h1 className="mb-4 text-title font-semibold text-strong">Sign in</h1>
        {installation && !installation.claimed ? (
          <Note tone="info" title="This installation has no administrator yet.">
            Open the set-up link that <code className="mono">cellblock up</code> printed on the machine. Run
            it again there for a new one.
          </Note>
        ) : asking === 'code' ? (
          <CodeForm onDone={enter} onBack={() => setAsking('password')} />
        ) : (
          <div className="flex flex-col gap-4">
            <PasskeyButton onDone={enter} />
            <PasswordForm onDone={enter} onCode={() => setAsking('code')} />
          </div>
        )}
      </div>
      <p className="mt-3 text-small text-muted">
        Nobody can sign in any more? Root on the dashboard’s machine makes an invite:{' '}
        <code className="mono">cellblock user invite NAME --role admin</code>
      </p>
    </BarePage>
  );
}

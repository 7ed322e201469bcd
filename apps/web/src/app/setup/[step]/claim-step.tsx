'use client';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { buttonClass } from '@/ui/button-class';
import { Note } from '@/ui/note';
import { Panel } from '@/ui/panel';
import { SecondFactor } from '../../second-factor/second-factor';
import { ClaimForm } from './claim-form';

interface ClaimStepProps {
  claimed: boolean;
  me: { name: string; twoFactor: boolean } | null;
}

/** The first administrator: name and password, then a second factor while the session is fresh. */
export function ClaimStep({ claimed, me }: ClaimStepProps) {
  const router = useRouter();
  const token = useSearchParams().get('token') ?? '';
  const [password, setPassword] = useState<string | null>(null);
  const goOn = () => router.push(paths.setup('host'));

  if (password !== null || me) {
    return (
      <Panel title={`Protect ${me?.name ?? 'your'}${me ? '’s' : ''} sign-in`}>
        <SecondFactor password={password} twoFactor={me?.twoFactor ?? false} onDone={goOn} />
      </Panel>
    );
  }
  if (claimed) {
    return (
      <Note tone="info" title="This installation has its administrator already.">
        <p>Sign in, or ask an administrator for an invite.</p>
        <Link href={paths.signIn()} className={buttonClass('primary', 'mt-2 no-underline!')}>
          Sign in
        </Link>
      </Note>
    );
  }
  return (
    <Panel title="Claim this installation">
      <ClaimForm
        token={token}
        onClaimed={(given) => {
          setPassword(given);
          // The token is used up; it need not stay in the history of the browser.
          router.replace(paths.setup('claim'));
        }}
      />
    </Panel>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useRouter } from '@/app/use-router';
import { paths, type SetupStep } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Stepper } from '@/ui/stepper';
import { BarePage } from '../../bare-page';
import { Loaded } from '../../loaded';
import { LiveProvider } from '../../shell/live';
import { ClaimStep } from './claim-step';
import { HostStep } from './host-step';
import { JailStep } from './jail-step';
import { NetworkStep } from './network-step';
import { setupSteps } from './setup-steps';

/** From the link of `cellblock up` to a first running jail. Every step is a page; all but the first can be skipped. */
export function SetupFrame({ step }: { step: SetupStep }) {
  const trpc = useTRPC();
  const router = useRouter();
  const status = useQuery(trpc.setup.status.queryOptions());
  const me = useQuery(trpc.session.me.queryOptions());
  const current = setupSteps.findIndex((each) => each.step === step);
  const signedOut = step !== 'claim' && me.data !== undefined && me.data.user === null;
  useEffect(() => {
    if (signedOut) router.replace(paths.signIn(paths.setup(step)));
  }, [signedOut, router, step]);

  return (
    <BarePage
      wide={step !== 'claim'}
      footer={me.data && `${me.data.installation.name} · ${me.data.installation.version}`}
    >
      <Loaded query={status} rows={2}>
        {({ claimed, hosts, networks, jails }) => (
          <div className="flex flex-col gap-5">
            <Stepper
              steps={setupSteps.map(({ label }) => label)}
              current={current}
              done={[claimed && step !== 'claim', hosts > 0, networks > 0, jails > 0]}
            />
            {step === 'claim' && <ClaimStep claimed={claimed} me={me.data?.user ?? null} />}
            {step !== 'claim' && me.data?.user && (
              <LiveProvider>
                {step === 'host' && <HostStep />}
                {step === 'network' && <NetworkStep />}
                {step === 'jail' && <JailStep />}
              </LiveProvider>
            )}
          </div>
        )}
      </Loaded>
    </BarePage>
  );
}

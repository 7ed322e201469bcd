'use client';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { PageHeader } from '@/ui/page-header';
import { Panel } from '@/ui/panel';
import { Loaded } from '../../loaded';
import { SecondFactor } from '../../second-factor/second-factor';

/** Whoever went on without a second factor comes back to it here. */
export function Account() {
  const trpc = useTRPC();
  const router = useRouter();
  const me = useQuery(trpc.session.me.queryOptions());
  return (
    <>
      <PageHeader title="Your sign-in" meta={me.data?.user && `${me.data.user.name}, ${me.data.user.role}`} />
      <Loaded query={me} rows={3}>
        {({ user }) => (
          <Panel className="max-w-xl">
            <SecondFactor
              password={null}
              twoFactor={user?.twoFactor ?? false}
              onDone={() => router.push(paths.overview())}
              done="Back to the overview"
            />
          </Panel>
        )}
      </Loaded>
    </>
  );
}

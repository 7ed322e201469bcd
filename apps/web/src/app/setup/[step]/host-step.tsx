'use client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { CommandLine } from '@/ui/command-line';
import { Panel } from '@/ui/panel';
import { CheckList } from '../../(console)/hosts/[host]/checks/host-checks';
import { HostStateBadge } from '../../host-state-badge';
import { Loaded } from '../../loaded';
import { SetupActions } from './setup-actions';

/** This machine's own agent has come by itself; here one sees what its kernel can and cannot do. */
export function HostStep() {
  const trpc = useTRPC();
  const hosts = useQuery({ ...trpc.hosts.list.queryOptions(), refetchInterval: 3_000 });
  const name = (hosts.data?.find((host) => host.local) ?? hosts.data?.[0])?.name;
  const host = useQuery({
    ...trpc.hosts.get.queryOptions({ host: name ?? '' }),
    enabled: name !== undefined,
  });
  return (
    <>
      {hosts.data && !name && (
        <Panel title="No host yet">
          <div className="flex flex-col gap-2 p-4">
            <p className="text-muted">
              `cellblock up` starts this machine’s agent along with the dashboard, unless it was told
              --no-agent. It appears here within seconds.
            </p>
            <CommandLine command="./cellblock up" />
          </div>
        </Panel>
      )}
      {name && (
        <Loaded query={host}>
          {(view) => (
            <Panel
              title={view.name}
              meta={<HostStateBadge state={view.state} />}
              actions={
                <span className="text-muted">
                  {view.checks.have} of {view.checks.total} checks as needed
                </span>
              }
            >
              <CheckList checks={view.checkList} />
            </Panel>
          )}
        </Loaded>
      )}
      <SetupActions>
        <Link href={paths.setup('jail')} className={buttonClass('primary')}>
          Continue to the first jail
        </Link>
        <Link href={paths.setup('network')} className={buttonClass()}>
          Set up a network first
        </Link>
        <Link href={paths.enroll()} className={buttonClass()}>
          Enrol another host
        </Link>
      </SetupActions>
    </>
  );
}

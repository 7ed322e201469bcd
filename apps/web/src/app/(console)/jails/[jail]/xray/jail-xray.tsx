'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ScanSearch } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { SelectField } from '@/ui/select-field';
import { absoluteTime } from '@/ui/time-text';
import { useZone } from '@/ui/zone';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { useJail } from '../use-jail';
import { XrayRunShown } from './xray-run-shown';

export function JailXray() {
  return <Loaded query={useJail()}>{(jail) => <Runs jail={jail} />}</Loaded>;
}

function Runs({ jail }: { jail: JailView }) {
  const trpc = useTRPC();
  const { zone } = useZone();
  const queryClient = useQueryClient();
  const denied = useMayNot('operate');
  const [run, setRun] = useState<number>();
  const [against, setAgainst] = useState<number>();
  const runs = useQuery(trpc.jails.xrayRuns.queryOptions({ jail: jail.id }));
  const walk = useMutation(
    trpc.jails.xray.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        setRun(undefined);
        setAgainst(undefined);
      },
    }),
  );
  const start = (
    <Button
      look="primary"
      icon={<ScanSearch aria-hidden />}
      pending={walk.isPending}
      disabledReason={denied ?? undefined}
      onClick={() => walk.mutate({ jail: jail.id })}
    >
      X-ray now
    </Button>
  );
  return (
    <Loaded query={runs}>
      {(list) => (
        <div className="flex max-w-5xl flex-col gap-4">
          {walk.error && <RefusalPanel error={walk.error} />}
          {list.length === 0 ? (
            <EmptyState action={start} command={`cellblock xray ${jail.name}`}>
              What code in this jail could really reach. A throw-away twin of it is started and walked from
              inside; the jail itself is not touched and need not run.
            </EmptyState>
          ) : (
            <>
              <div className="flex flex-wrap items-end gap-3">
                <SelectField
                  label="Run"
                  className="min-w-0 max-w-full"
                  value={String(run ?? list[0]?.number)}
                  onChange={(event) => {
                    setRun(Number(event.target.value));
                    setAgainst(undefined);
                  }}
                  options={list.map((each) => ({
                    value: String(each.number),
                    label: `#${each.number}, ${absoluteTime(new Date(each.at), zone)}, ${each.by}`,
                  }))}
                />
                <SelectField
                  label="Compared with"
                  className="min-w-0 max-w-full"
                  value={against === undefined ? '' : String(against)}
                  onChange={(event) =>
                    setAgainst(event.target.value === '' ? undefined : Number(event.target.value))
                  }
                  options={[
                    { value: '', label: 'the run before' },
                    ...list.map((each) => ({ value: String(each.number), label: `#${each.number}` })),
                  ]}
                />
                {start}
              </div>
              <XrayRunShown jail={jail} run={run ?? list[0]?.number ?? 1} against={against} />
            </>
          )}
        </div>
      )}
    </Loaded>
  );
}

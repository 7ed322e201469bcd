'use client';
import type { HostView } from '@cellblock/shared/views/host-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { CommandLine } from '@/ui/command-line';
import { Panel } from '@/ui/panel';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { useHost } from '../use-host';

export function HostChecks() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const denied = useMayNot('operate');
  const check = useMutation(
    trpc.hosts.check.mutationOptions({ onSuccess: () => void queryClient.invalidateQueries() }),
  );
  return (
    <Loaded query={useHost()}>
      {(host) => (
        <div className="flex max-w-4xl flex-col gap-3">
          {check.error && <RefusalPanel error={check.error} />}
          <Panel
            title="Checks"
            meta={`${host.checks.have} of ${host.checks.total} as needed`}
            actions={
              <Button
                icon={<RotateCw aria-hidden />}
                pending={check.isPending}
                disabledReason={
                  denied ?? (host.state === 'unknown' && `${host.name} is silent: it cannot look now.`)
                }
                onClick={() => check.mutate({ host: host.id })}
              >
                Check again
              </Button>
            }
          >
            <CheckList checks={host.checkList} />
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

const verdicts: Record<
  HostView['checkList'][number]['verdict'],
  { tone: Tone; word: string; order: number }
> = {
  lack: { tone: 'bad', word: 'Lacks', order: 0 },
  warn: { tone: 'warn', word: 'Warning', order: 1 },
  have: { tone: 'ok', word: 'Has', order: 2 },
};

/** What is missing first, each with what is lost by it and the command that mends it. */
export function CheckList({ checks }: { checks: HostView['checkList'] }) {
  if (checks.length === 0) return <p className="p-3 text-muted">The host has not reported its checks yet.</p>;
  const sorted = checks.toSorted((a, b) => verdicts[a.verdict].order - verdicts[b.verdict].order);
  return (
    <ul>
      {sorted.map((check) => (
        <li key={check.id} className="flex gap-3 border-b border-line-subtle px-3 py-2 last:border-b-0">
          <span className="pt-px max-sm:hidden sm:w-20 sm:shrink-0">
            <StatusBadge tone={verdicts[check.verdict].tone}>{verdicts[check.verdict].word}</StatusBadge>
          </span>
          <span className="pt-px sm:hidden">
            <StatusBadge tone={verdicts[check.verdict].tone} iconOnly>
              {verdicts[check.verdict].word}
            </StatusBadge>
          </span>
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap gap-x-3">
              <span className="text-strong">{check.title}</span>
              <span className="text-muted break-words">{check.evidence}</span>
            </p>
            {check.lost && (
              <p className="text-default">
                <span className="text-muted">Without it: </span>
                {check.lost}
              </p>
            )}
            {check.fix && (
              <div className="mt-1 max-w-xl">
                <CommandLine command={check.fix} />
              </div>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

'use client';
import type { HostView } from '@cellblock/shared/views/host-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';

/** The waiting room, and the way out of a lock: the host's agent printed the same fingerprint, or somebody else came with the line. */
export function ApproveHost({ host }: { host: HostView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const denied = useMayNot('administer');
  const approve = useMutation(
    trpc.hosts.approve.mutationOptions({ onSuccess: () => void queryClient.invalidateQueries() }),
  );
  const locked = host.state === 'locked';
  const title = locked
    ? `${host.name} is locked: its key was used by two.`
    : `${host.name} waits for approval.`;
  return (
    <>
      <Note tone={locked ? 'bad' : 'warn'} className="mb-3" title={title}>
        <p>
          {locked
            ? 'Neither of the two is let in. Find out who has a copy of the key (the history says from where it came) and remove it there, then let the host in again. A second use locks it again. Its key:'
            : 'Compare this fingerprint with the one that the agent printed on the host:'}
        </p>
        <p className="mono my-1 font-semibold break-all">{host.fingerprint}</p>
        <Button
          look="primary"
          pending={approve.isPending}
          disabledReason={denied}
          onClick={() => approve.mutate({ host: host.id, fingerprint: host.fingerprint })}
        >
          {locked ? `The copy is gone, unlock ${host.name}` : `It matches, approve ${host.name}`}
        </Button>
      </Note>
      {approve.error && <RefusalPanel error={approve.error} className="mb-3" />}
    </>
  );
}

'use client';
import type { EnrolmentProgress } from '@cellblock/shared/views/enrolment-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { StatusBadge } from '@/ui/status-badge';
import { useMayNot } from '../../may';
import { RefusalPanel } from '../../refusal-panel';

/**
 * One machine that has proved its key: it is let in when the host itself shows the same fingerprint. Its checks come
 * after it, so what they lack stands below the buttons, which stay where they are.
 */
export function WaitingHost({ host }: { host: EnrolmentProgress['waiting'][number] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const denied = useMayNot('administer');
  const [rejecting, setRejecting] = useState(false);
  const onSuccess = () => queryClient.invalidateQueries();
  const approve = useMutation(trpc.hosts.approve.mutationOptions({ onSuccess }));
  const reject = useMutation(trpc.hosts.remove.mutationOptions({ onSuccess }));
  return (
    <section className="flex flex-col gap-2.5 p-3" aria-label={host.name}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-semibold text-strong">{host.name}</h3>
        <Came host={host} />
      </div>
      <p className="text-muted">Does the host itself show this fingerprint?</p>
      <p className="mono rounded-control border border-line-subtle bg-surface-sunken px-3 py-2 text-default font-semibold break-all">
        {host.fingerprint}
      </p>
      {host.twin && (
        <Note tone="warn" title={`Its machine-id is that of ${host.twin}.`}>
          It is a copy of that machine’s disk, or a second agent on it.
        </Note>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          pending={approve.isPending}
          disabledReason={denied}
          onClick={() => approve.mutate({ host: host.id, fingerprint: host.fingerprint })}
        >
          It matches, approve {host.name}
        </Button>
        <Button look="danger" disabledReason={denied} onClick={() => setRejecting(true)}>
          Reject
        </Button>
      </div>
      {host.arrival?.checks?.lacking.map((title) => (
        <Note key={title} tone="bad" title={`It lacks: ${title}`}>
          The host’s page says what that costs, and the command that mends it.
        </Note>
      ))}
      {approve.error && <RefusalPanel error={approve.error} />}
      <ConfirmDialog
        open={rejecting}
        onClose={() => setRejecting(false)}
        danger
        title={`Reject ${host.name}`}
        action={`Reject ${host.name}`}
        consequence="Its key is refused from now on. If the fingerprint did not match, somebody else came with your line: find out who could read it, and make another."
        pending={reject.isPending}
        onConfirm={() => reject.mutate({ host: host.id })}
        error={reject.error ? <RefusalPanel error={reject.error} /> : undefined}
      />
    </section>
  );
}

function Came({ host: { arrival } }: { host: EnrolmentProgress['waiting'][number] }) {
  if (!arrival) return null;
  const { sourceAddress, at, checks } = arrival;
  return (
    <>
      <StatusBadge tone="ok">
        connected from <span className="mono">{sourceAddress ?? 'an unknown address'}</span>
      </StatusBadge>
      {checks && (
        <StatusBadge tone={checks.lacking.length > 0 ? 'bad' : checks.have < checks.total ? 'warn' : 'ok'}>
          {checks.have} of {checks.total} checks as needed
        </StatusBadge>
      )}
      <Moment at={at} className="text-muted" />
    </>
  );
}

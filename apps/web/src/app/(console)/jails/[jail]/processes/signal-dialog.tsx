'use client';
import type { JailProcess } from '@cellblock/shared/jail-process';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../../refusal-panel';
import { useOwnChange } from '../../../../use-own-change';

interface SignalDialogProps {
  jail: JailView;
  process: JailProcess;
  signal: 'TERM' | 'KILL';
  onClose: () => void;
}

/** Sent to the very process that is named, or to none: its number may be another's by now. */
export function SignalDialog({ jail, process, signal, onClose }: SignalDialogProps) {
  const trpc = useTRPC();
  const number = process.jailPid ?? process.pid;
  const send = useOwnChange(trpc.jails.signal.mutationOptions(), {
    done: () => `Process ${number} of ${jail.name} was sent ${signal}`,
    onClose,
  });
  const ends = number === 1 ? ' It is the first process: when it ends, the jail ends.' : '';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={signal === 'KILL' ? `Kill process ${number}?` : `Ask process ${number} to end?`}
      consequence={
        <>
          <bdi dir="ltr" className="mono block truncate text-strong">
            {process.command ?? process.name}
          </bdi>
          {signal === 'KILL'
            ? 'It ends at once and saves nothing.'
            : 'It decides itself what it does before it ends.'}
          {ends}
        </>
      }
      action={signal === 'KILL' ? `Kill ${number}` : `Send TERM to ${number}`}
      danger={signal === 'KILL'}
      pending={send.isPending}
      onConfirm={() => send.mutate({ jail: jail.id, pid: process.pid, startTime: process.startTime, signal })}
      error={send.error && <RefusalPanel error={send.error} />}
    />
  );
}

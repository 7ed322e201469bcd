'use client';
import type { TaskDetail } from '@cellblock/shared/views/task-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleSlash } from 'lucide-react';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';
import { taskTitle } from '../../../task-title';

/** Says before it is pressed what stays half done, or why it cannot be taken back. */
export function CancelTask({ detail: { task, cancel } }: { detail: TaskDetail }) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toast = useToast();
  const denied = useMayNot('operate');
  const [asking, setAsking] = useState(false);
  const change = useMutation({
    mutationFn: () => client.tasks.cancel.mutate({ task: task.id }),
    onSuccess: (canceled) => {
      setAsking(false);
      void queryClient.invalidateQueries();
      toast('info', `${task.id} is canceled`, canceled.message ?? undefined);
    },
  });
  if (task.endedAt !== null) return null;
  return (
    <>
      <Button
        icon={<CircleSlash aria-hidden />}
        disabledReason={denied ?? (cancel.can ? null : [cancel.reason, cancel.fix].filter(Boolean).join(' '))}
        onClick={() => setAsking(true)}
      >
        Cancel task…
      </Button>
      {asking && cancel.can && (
        <ConfirmDialog
          open
          danger
          onClose={() => {
            change.reset();
            setAsking(false);
          }}
          title={`Cancel ${task.id}`}
          consequence={
            <>
              <p>
                “{taskTitle(task)}” is wanted no more. {capital(cancel.text)}: that is a change of its own,
                with a task of its own.
              </p>
              <p className="mt-1 text-muted">
                {task.steps.length === 0
                  ? `${task.host?.name ?? 'The host'} has reported no step of it.`
                  : `${task.host?.name ?? 'The host'} has made ${task.steps.length} of its steps; they are undone by that task.`}
              </p>
            </>
          }
          action={`Cancel ${task.id}`}
          dismiss="Let it go on"
          pending={change.isPending}
          onConfirm={() => change.mutate()}
          error={change.error ? <RefusalPanel error={change.error} /> : undefined}
        />
      )}
    </>
  );
}

const capital = (text: string) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

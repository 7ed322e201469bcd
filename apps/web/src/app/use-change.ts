'use client';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useFollowTask } from './follow-task';
import { PLAN } from './use-plan';

type Change<T> = { task: TaskView | null; object: T } | { plan: PlanView };

interface UseChangeOptions<Input, T> {
  run: (input: Input) => Promise<Change<T>>;
  /** "10.0.0.5 is assigned to web-1": said once the host has reported it. */
  done: (input: Input, object: T) => string;
  onAccepted?: (object: T, input: Input) => void;
}

/** A change: recorded by the dashboard at once, done when the host says so. */
export function useChange<Input, T>({ run, done, onAccepted }: UseChangeOptions<Input, T>) {
  const follow = useFollowTask();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (change, input) => {
      if ('plan' in change) return;
      // Plans are asked anew by their forms; this one's change is made, and asking again would be refused.
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== PLAN });
      onAccepted?.(change.object, input);
      void follow(change.task, done(input, change.object));
    },
  });
}
